/** Which candidate becomes the challenger. */

interface Judged {
  readonly family: string;
  readonly validation: { readonly auc: number; readonly logLoss: number };
}

/**
 * The candidate with the highest validation AUC; equal ones (to 1e-9) are told apart by the lower log loss,
 * then by family name, so that the choice never depends on which finished first.
 * A candidate without finite figures is no candidate. `undefined` where none is left.
 */
export function selectCandidate<C extends Judged>(candidates: readonly C[]): C | undefined {
  return candidates
    .filter(({ validation }) => Number.isFinite(validation.auc) && Number.isFinite(validation.logLoss))
    .toSorted(
      (a, b) =>
        rounded(b.validation.auc - a.validation.auc) ||
        rounded(a.validation.logLoss - b.validation.logLoss) ||
        a.family.localeCompare(b.family),
    )[0];
}

/** So that a choice can't hang on the last bit. */
function rounded(difference: number): number {
  return Math.round(difference * 1e9) / 1e9;
}
