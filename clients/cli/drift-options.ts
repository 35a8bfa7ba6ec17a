/** What `assay drift compare` is told, by a file and by flags: a flag has the last word. */
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';

import type { CompareOptions } from '../../activities/drift/contract.ts';
import type { ColumnKind } from '../../workflows/domain/drift/bins.ts';
import { DEFAULT_DRIFT_POLICY } from '../../workflows/domain/drift/policy.ts';
import { Refusal } from '../refusal.ts';

const KINDS = ['numeric', 'categorical'] as const;

/** The configuration file; everything is optional, and what it doesn't know is refused. */
export const DriftConfig = z.strictObject({
  columns: z.array(z.string()).min(1).exactOptional(),
  kinds: z.record(z.string(), z.enum(KINDS)).exactOptional(),
  /** Inner edges by column, ascending; an edge belongs to the bin that it closes. */
  edges: z.record(z.string(), z.array(z.number()).min(1).refine(isAscending, 'must ascend')).exactOptional(),
  /** Texts that stand for a missing value. */
  missing: z.array(z.string()).exactOptional(),
  binning: z.enum(['quantile', 'width', 'values']).exactOptional(),
  bins: z.number().exactOptional(),
  maxValues: z.number().exactOptional(),
  rare: z.number().exactOptional(),
  floor: z.number().exactOptional(),
  alpha: z.number().exactOptional(),
  minRows: z.number().exactOptional(),
  warn: z.number().exactOptional(),
  alarm: z.number().exactOptional(),
});
export type DriftConfig = z.infer<typeof DriftConfig>;

export interface DriftFlags {
  readonly columns?: readonly string[];
  readonly kind?: Readonly<Record<string, ColumnKind>>;
  readonly binning?: 'quantile' | 'width' | 'values';
  readonly bins?: number;
  readonly rare?: number;
  readonly floor?: number;
  readonly alpha?: number;
  readonly minRows?: number;
}

export function compareOptions(config: DriftConfig, flags: DriftFlags): CompareOptions {
  const { columns, kinds, edges, missing, ...bounds } = config;
  const { columns: asked = columns, kind, binning, bins, rare, floor, alpha, minRows } = flags;
  const given = { binning, bins, rare, floor, alpha, minRows };
  const flagged = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    policy: { ...DEFAULT_DRIFT_POLICY, ...bounds, ...flagged },
    kinds: { ...kinds, ...kind },
    ...(asked ? { columns: asked } : {}),
    ...(edges ? { edges } : {}),
    ...(missing ? { missing } : {}),
  };
}

/** `COL=numeric|categorical`, once for each column. */
export function kindFlag(text: string, before: Record<string, ColumnKind> = {}): Record<string, ColumnKind> {
  const at = text.lastIndexOf('=');
  const kind = KINDS.find((known) => known === text.slice(at + 1));
  if (at < 1 || kind === undefined) {
    throw new InvalidArgumentError('COLUMN=numeric or COLUMN=categorical is expected.');
  }
  return { ...before, [text.slice(0, at)]: kind };
}

/** `A,B`; columns whose names hold a comma are for the configuration file. */
export function columnsFlag(text: string): string[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length > 0) return names;
  throw new InvalidArgumentError('Names of columns are expected, with commas between them.');
}

export function numberFlag(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('A number is expected.');
}

/** What both the file and the flags leave open is not guessed at. @throws Refusal SameFile */
export function requireTwoFiles(reference: string, current: string): void {
  if (reference !== current) return;
  throw new Refusal('SameFile', `${reference} is compared with itself; name two files.`);
}

function isAscending(edges: readonly number[]): boolean {
  return edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? Number.NaN));
}
