/** Options that say which runs a command is about. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { ListedState, RunFilter } from '../../activities/ledger/contract.ts';
import { timeAt } from '../../workflows/domain/time-text.ts';
import { Refusal } from '../refusal.ts';
import { interval } from './arguments.ts';

const STATES: readonly ListedState[] = [
  'queued',
  'running',
  'success',
  'failed',
  'cancelled',
  'terminated',
  'timed_out',
];

export interface FilterOptions extends Omit<RunFilter, 'params' | 'limit' | 'after'> {
  readonly param?: Readonly<Record<string, string>>;
}

export function withFilter(command: Command): Command {
  return command
    .option('--pipeline <name>')
    .option('--key <key>', 'the project or partition')
    .addOption(new Option('--state <state>').choices(STATES))
    .option('--since <time>', 'started at or after: a date or a time in RFC 3339', time)
    .option('--until <time>', 'started before', time)
    .addOption(
      new Option('--fired <start/end>', 'fire times after the start, up to the end').argParser(interval),
    )
    .option('--tag <tag>')
    .option('--param <name=value>', 'runs with this param; may be repeated', param);
}

/** @throws Refusal NoTime */
export function filterOf({ param: params, ...rest }: FilterOptions): RunFilter {
  const { pipeline, key, state, since, until, fired, tag } = rest;
  if (since !== undefined && until !== undefined && since >= until) {
    throw new Refusal('NoTime', `nothing lies between --since ${since} and --until ${until}`, {
      next: 'assay runs list --help',
    });
  }
  return {
    ...(pipeline !== undefined && { pipeline }),
    ...(key !== undefined && { key }),
    ...(state !== undefined && { state }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(fired !== undefined && { fired }),
    ...(tag !== undefined && { tag }),
    ...(params !== undefined && { params }),
  };
}

function time(text: string): string {
  const at = timeAt(text);
  if (at !== undefined) return new Date(at).toISOString();
  throw new InvalidArgumentError(
    'A date or a time is expected, for example 2026-01-31 or 2026-01-31T08:00:00Z.',
  );
}

function param(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('NAME=VALUE is expected, for example project=readmission.');
}
