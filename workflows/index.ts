/** The registry: every workflow that workers serve, a line each. */
export { squares } from '../pipelines/examples/squares.pipeline.ts';
