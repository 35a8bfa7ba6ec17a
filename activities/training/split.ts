/** The split: the newest rows are the test part, and no entity stands on both sides. */
import { ApplicationFailure } from '@temporalio/common';

import type { TrainingSpec } from '../../workflows/domain/project.ts';
import type { Session } from '../lake/contract.ts';
import type { TrainingSnapshot } from './contract.ts';
import { statement } from './sql-text.ts';

export interface Part {
  readonly rows: number;
  readonly positives: number;
}

/** Of either class in every part: a ranking over fewer says nothing. */
const NEEDED = 10;

/**
 * Makes the table `parts`: row_key, entity, period, label, place, part.
 * @param testFrom start of the first interval of the test part, instead of the spec's share
 * @throws NotEnoughData
 */
export async function assignParts(
  session: Session,
  { seed, testShare, selection }: TrainingSpec,
  { intervals }: Pick<TrainingSnapshot, 'intervals'>,
  testFrom?: string,
): Promise<ReadonlyMap<string, Part>> {
  const folds = selection.by === 'cross-validation' ? selection.folds : 0;
  await session.run(`CREATE TABLE parts AS ${statement('parts')}`, {
    intervals: JSON.stringify(intervals),
    test_share: testShare,
    test_from: testFrom ?? null,
    seed: String(seed),
    folds,
    validation_share: selection.by === 'validation' ? selection.share : 0,
  });
  const counted = await session.rows<Part & { part: string }>(statement('part-counts'));
  const parts = new Map(counted.map(({ part, rows, positives }) => [part, { rows, positives }]));
  const needed =
    folds > 0 ? Array.from({ length: folds }, (_, fold) => `fold-${fold}`) : ['train', 'validation'];
  for (const name of [...needed, 'test']) refuseSmall(name, parts.get(name));
  return parts;
}

/** The parts that the encoder and, in the end, the model may know. */
export function learningParts(parts: ReadonlyMap<string, Part>): string[] {
  return [...parts.keys()].filter((name) => name === 'train' || name.startsWith('fold-'));
}

function refuseSmall(name: string, part: Part = { rows: 0, positives: 0 }): void {
  const { rows, positives } = part;
  if (positives >= NEEDED && rows - positives >= NEEDED) return;
  throw ApplicationFailure.nonRetryable(
    `The ${name} part has ${rows} rows, ${positives} of them positive; at least ${NEEDED} of either class are needed. Train again when more labels are known, or change the shares in the project's spec.`,
    'NotEnoughData',
    { part: name, rows, positives, needed: NEEDED },
  );
}
