/** Params of a run, checked against its pipeline's schema: every wrong field by name, or the params with defaults. */

/** What is needed of a zod schema; zod itself stays out of the workflow bundle. */
export interface ParamsSchema {
  safeParse(params: unknown): SchemaResult;
  /** Present where the schema is an object: the fields that it declares. */
  readonly shape?: Readonly<Record<string, unknown>>;
  /** What an object does with other fields; nothing where it drops them. */
  readonly def?: { readonly catchall?: unknown };
}

type SchemaResult =
  | { readonly success: true; readonly data?: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };

interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface ParamProblem {
  /** As one would write it after `params`: `months[2].start`; `(params)` for the whole. */
  readonly field: string;
  /** The value as JSON, shortened; `nothing` where it is missing. */
  readonly given: string;
  readonly expected: string;
}

export type CheckedParams =
  | { readonly ok: true; readonly params: unknown }
  | { readonly ok: false; readonly problems: readonly ParamProblem[] };

const WHOLE = '(params)';
const SHOWN = 80;

/** A pipeline without a schema takes what it is given. Missing params are an empty object. */
export function checkParams(schema: ParamsSchema | undefined, params: unknown): CheckedParams {
  const given = params ?? {};
  if (schema === undefined) return { ok: true, params: given };
  const result = schema.safeParse(given);
  const unknown = unknownFields(schema, given, result);
  if (result.success && unknown.length === 0) return { ok: true, params: result.data };
  const wrong = result.success ? [] : result.error.issues.map((issue) => problemOf(issue, given));
  return { ok: false, problems: [...wrong, ...unknown] };
}

/** One line for each problem, for the message of `InvalidParams`. */
export function describeProblems(pipeline: string, problems: readonly ParamProblem[]): string {
  const lines = problems.map((problem) => `  ${problem.field}: ${problem.expected}; given: ${problem.given}`);
  return [`params of ${pipeline} are not valid:`, ...lines].join('\n');
}

/** How to say them: what is missing or wrong at the top is named, ready to be filled in. */
export function paramsNext(pipeline: string, problems: readonly ParamProblem[]): string {
  const names = new Set(problems.map(({ field }) => /^[^.[]+/.exec(field)?.[0] ?? WHOLE));
  const fields = [...names].filter((name) => name !== WHOLE).map((name) => `"${name}": …`);
  const help = `assay pipelines show ${pipeline}`;
  return fields.length === 0 ? help : `${help}, then --params '{${fields.join(', ')}}'`;
}

/** A field that the schema would silently drop is a spelling mistake, not a default. */
function unknownFields(schema: ParamsSchema, given: unknown, result: SchemaResult): ParamProblem[] {
  const { shape } = schema;
  if (!isObject(given) || shape === undefined) return [];
  if (schema.def?.catchall !== undefined) return [];
  const kept = result.success && isObject(result.data) ? result.data : {};
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(shape, name) && !Object.hasOwn(kept, name))
    .map((name) => ({
      field: name,
      given: shown(given[name]),
      expected: `unknown; known are ${Object.keys(shape).join(', ') || 'none'}`,
    }));
}

function problemOf(issue: SchemaIssue, given: unknown): ParamProblem {
  let value: unknown = given;
  for (const step of issue.path) value = isObject(value) ? value[String(step)] : undefined;
  return {
    field: fieldOf(issue.path),
    given: shown(value),
    // `given` says what was received.
    expected: issue.message.replace(/^Invalid input: (expected .*), received .*$/, '$1'),
  };
}

function fieldOf(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? WHOLE : text.replace(/^\./, '');
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
