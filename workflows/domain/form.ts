/** Forms: typed fields that a person fills in along with an answer. */

interface AnyField<T> {
  readonly description?: string;
  /** Refuse an answer without it. */
  readonly required?: boolean;
  /** Where nothing is given, also when nobody answers. */
  readonly default?: T;
}

export type FieldSpec =
  | (AnyField<string> & { readonly type: 'text'; readonly maxLength?: number })
  | (AnyField<number> & {
      readonly type: 'number' | 'integer';
      readonly min?: number;
      readonly max?: number;
    })
  | (AnyField<boolean> & { readonly type: 'boolean' })
  /** `2026-01-31`. */
  | (AnyField<string> & { readonly type: 'date' })
  | (AnyField<string> & { readonly type: 'choice'; readonly choices: readonly string[] });

export type FormSpec = Readonly<Record<string, FieldSpec>>;

type FieldValue<F> = F extends { readonly type: 'number' | 'integer' }
  ? number
  : F extends { readonly type: 'boolean' }
    ? boolean
    : F extends { readonly type: 'choice'; readonly choices: readonly (infer C)[] }
      ? C
      : string;

/** What the author gets of a form: a value where there is a default, else perhaps none. */
export type FormValues<Form> = {
  readonly [Name in keyof Form]: Form[Name] extends { readonly default: unknown }
    ? FieldValue<Form[Name]>
    : FieldValue<Form[Name]> | undefined;
};

const DATE = /^\d{4}-\d\d-\d\d$/;
const TEXT_LENGTH = 4000;

/** One line for each field that is unknown, missing or not what it should be. */
export function fieldProblems(
  form: FormSpec,
  given: Readonly<Record<string, unknown>>,
  { requireAll }: { requireAll: boolean },
): string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(form, name));
  const known = Object.keys(form).join(', ') || 'none';
  return [
    ...unknown.map((name) => `${name} is unknown; known are ${known}`),
    ...Object.entries(form).flatMap(([name, spec]) => {
      const value = given[name];
      if (value !== undefined && value !== null)
        return isValid(spec, value) ? [] : [wrong(name, spec, value)];
      const isMissing = requireAll && spec.required === true && spec.default === undefined;
      return isMissing ? [`${name} is missing: ${expected(spec)}`] : [];
    }),
  ];
}

/** With the defaults of what was not given. */
export function filled(form: FormSpec, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, spec]) => {
      const value = given[name] ?? spec.default;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A value out of a text, for those who can only type; the text itself where it is none of the kind. */
export function fieldFromText({ type }: FieldSpec, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'number' && type !== 'integer') return text;
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

function isValid(spec: FieldSpec, value: unknown): boolean {
  switch (spec.type) {
    case 'text':
      return typeof value === 'string' && value.length <= (spec.maxLength ?? TEXT_LENGTH);
    case 'number':
    case 'integer': {
      const { min = -Infinity, max = Infinity } = spec;
      const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
      return isNumber && (spec.type === 'number' || Number.isInteger(value));
    }
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && isDate(value);
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value);
  }
}

/** The thirty-first of February is none. */
function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

function wrong(name: string, spec: FieldSpec, value: unknown): string {
  return `${name} must be ${expected(spec)}; given: ${(JSON.stringify(value) ?? typeof value).slice(0, 80)}`;
}

function expected(spec: FieldSpec): string {
  switch (spec.type) {
    case 'text':
      return `a text of at most ${spec.maxLength ?? TEXT_LENGTH} characters`;
    case 'number':
    case 'integer': {
      const kind = spec.type === 'integer' ? 'a whole number' : 'a number';
      const from = spec.min === undefined ? '' : ` from ${spec.min}`;
      return `${kind}${from}${spec.max === undefined ? '' : ` to ${spec.max}`}`;
    }
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a date such as 2026-01-31';
    case 'choice':
      return `one of ${spec.choices.join(', ')}`;
  }
}
