/** What a pipeline takes, out of the JSON Schema of its params, as people read it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly [rule: string]: unknown;
}

/** Of these a person learns what they may write. */
const RULES = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'pattern', 'format'];

/** A row for each param: name, kind, whether it may be left out, rules. Nothing where the schema is no object. */
export function paramRows(schema: unknown): string[][] {
  const { properties = {}, required = [] } = asSchema(schema);
  return Object.entries(properties).map(([name, param]) => [
    name,
    kindOf(param),
    'default' in param ? JSON.stringify(param.default) : required.includes(name) ? 'required' : 'optional',
    [...rulesOf(param), ...(param.description === undefined ? [] : [param.description])].join(', '),
  ]);
}

function kindOf({ type, items, enum: choices, anyOf }: Schema): string {
  if (choices !== undefined) return choices.map((choice) => JSON.stringify(choice)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => kindOf(asSchema(one))).join(' | ');
  if (type === 'array') return `${kindOf(items ?? {})}[]`;
  return type === undefined ? 'anything' : [type].flat().join(' | ');
}

function rulesOf(param: Schema): string[] {
  return RULES.flatMap((rule) => {
    const value = param[rule];
    // What a whole number of 53 bits is need not be said.
    if (typeof value !== 'number' && typeof value !== 'string') return [];
    if (value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER) return [];
    return [`${rule} ${value}`];
  });
}

function asSchema(schema: unknown): Schema {
  return typeof schema === 'object' && schema !== null ? { ...schema } : {};
}
