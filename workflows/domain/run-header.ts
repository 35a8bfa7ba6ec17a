/**
 * The header by which the engine tells an activity whose work it does. Its log goes to
 * `runs/<pipeline>/<run>/logs/<attempt>/`, and a workflow started by hand may have any ID and attempt.
 */
export const RUN_HEADER = 'assay-run';

export interface RunHeader {
  readonly run: string;
  readonly attempt: number;
}
