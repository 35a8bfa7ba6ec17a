/** Which runs a listing is about: by what their IDs tell, then by their summaries, and only for heavy params by records. */
import { parseRunId } from '../../workflows/domain/run-id.ts';
import type { ObjectStore } from '../store/contract.ts';
import type { RunFilter, RunSummary } from './contract.ts';
import { recordKey } from './keys.ts';
import { readJson } from './objects.ts';

/** By the ID alone: nothing has to be read. */
export function mayMatch(run: string, { pipeline, key, fired }: RunFilter): boolean {
  const id = parseRunId(run);
  if (pipeline !== undefined && id?.pipeline !== pipeline) return false;
  if (key !== undefined && id?.key !== key) return false;
  if (fired === undefined) return true;
  const at = Date.parse(id?.fireTime ?? '');
  return at > Date.parse(fired.start) && at <= Date.parse(fired.end);
}

export async function matches(
  store: ObjectStore,
  summary: RunSummary,
  { state, since, until, tag, params, ...ofId }: RunFilter,
): Promise<boolean> {
  const { run, attempt, claimedAt, tags = [] } = summary;
  if (!mayMatch(run, ofId) || (state !== undefined && summary.state !== state)) return false;
  if (since !== undefined && Date.parse(claimedAt) < Date.parse(since)) return false;
  if (until !== undefined && Date.parse(claimedAt) >= Date.parse(until)) return false;
  if (tag !== undefined && !tags.includes(tag)) return false;
  if (params === undefined) return true;
  const has = summary.params ?? (await readJson<RunSummary>(store, recordKey(run, attempt)))?.params;
  return Object.entries(params).every(([name, value]) => textOf(has, name) === value);
}

function textOf(params: unknown, name: string): string | undefined {
  if (typeof params !== 'object' || params === null || !(name in params)) return undefined;
  const value: unknown = (params as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : JSON.stringify(value);
}
