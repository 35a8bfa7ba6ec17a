/** Whose figures an evaluation has: the model's, the champion's, and both on rows of people whom neither knows. */
import type { BinaryMetrics, EvaluationReport } from '../../../workflows/domain/evaluation.ts';

export interface Side {
  readonly name: string;
  readonly metrics: BinaryMetrics;
}

/** Where all rows are unseen the figures are the same, and are not said twice. */
export function sidesOf(evaluation: EvaluationReport): Side[] {
  const { champion } = evaluation;
  const unseen = unseenApart(evaluation);
  return [
    { name: 'This model', metrics: evaluation },
    ...(champion ? [{ name: 'Champion', metrics: champion }] : []),
    ...(unseen ? [{ name: 'This model, unseen entities', metrics: unseen.challenger }] : []),
    ...(unseen?.champion ? [{ name: 'Champion, unseen entities', metrics: unseen.champion }] : []),
  ];
}

export function unseenApart({ unseen, rows }: EvaluationReport): EvaluationReport['unseen'] {
  return unseen && unseen.challenger.rows < rows ? unseen : undefined;
}
