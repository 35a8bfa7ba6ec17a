/** What a pipeline waits for: partitions of assets, as its author writes it. */
import { gridOf, type Timetable } from '../calendar/timetable.ts';

export interface AssetInput {
  readonly asset: string;
  /** Several partitions of the asset make one of the consumer's: hours a day, days a week. */
  readonly rollUp?: RollUp;
  /** Partitions of all these keys together make one without a key. By default a key stays what it is. */
  readonly keys?: readonly string[];
}

interface RollUp {
  /** The grid of the asset's partitions. */
  readonly each: Timetable;
  /** The grid of the consumer's intervals. */
  readonly into: Timetable;
}

export interface AssetCondition {
  readonly need: 'all' | 'any';
  readonly inputs: readonly AssetInput[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** Every input has its partition. @example allOf('lake.orders', rollUp('lake.clicks', { each: …, into: … })) */
export function allOf(...inputs: readonly (string | AssetInput)[]): AssetCondition {
  return condition('all', inputs);
}

/** One of the inputs has its partition; the others start nothing more for it. */
export function anyOf(...inputs: readonly (string | AssetInput)[]): AssetCondition {
  return condition('any', inputs);
}

/**
 * Complete when every partition of `each` that lies in one of `into` is there, and never where these do not fill it.
 * @throws RangeError for a timetable that can't be read
 */
export function rollUp(asset: string, { each, into, keys }: RollUp & Pick<AssetInput, 'keys'>): AssetInput {
  gridOf(each);
  gridOf(into);
  return { asset: checkedAsset(asset), rollUp: { each, into }, ...(keys !== undefined && { keys }) };
}

/** @throws RangeError for what is no asset's name */
export function checkedAsset(name: string): string {
  if (NAME.test(name)) return name;
  throw new RangeError(
    `'${name}' is no asset name: up to 100 letters, digits, '_', '.' and '-', the first a letter or digit`,
  );
}

function condition(need: AssetCondition['need'], given: readonly (string | AssetInput)[]): AssetCondition {
  const inputs = given.map((input) => (typeof input === 'string' ? { asset: input } : input));
  inputs.forEach(({ asset }) => checkedAsset(asset));
  if (inputs.length === 0) throw new RangeError('a condition on no asset would never be met');
  return { need, inputs };
}
