/** Keys of runs: the project or partition that a run is for, a part of its ID. */

const KEY = /^[^\s\p{C}]{1,128}$/u;

/** What is wrong with it; nothing with a good one. */
export function keyProblem(key: unknown): string | undefined {
  if (typeof key === 'string' && KEY.test(key)) return undefined;
  return `${JSON.stringify(key)} is no key of a run: up to 128 characters without a space are expected`;
}
