/** Whether this is a Node that Assay runs on: what `engines` of package.json says, told in words before an older one trips over code. */
import { readFileSync } from 'node:fs';

/** Nothing of Assay can run on this Node, not even its doctor. */
export class WrongNode extends Error {}

/** Throws `WrongNode` with what is needed, what this is, and the next step. */
export function requireNode(version = process.versions.node, path = process.execPath) {
  const file = new URL('../package.json', import.meta.url);
  const range = JSON.parse(readFileSync(file, 'utf8')).engines.node;
  if (satisfies(version, range)) return;
  throw new WrongNode(
    `Assay needs Node ${inWords(range)}; this is ${version}, ${path}.\n` +
      'next: install Node 24 (https://nodejs.org, or nvm install 24), put it first in PATH, then the same command again',
  );
}

/**
 * Whether a version such as `22.11.0` is in a range such as `^20.19.0 || 22.x || >=24`, read as npm reads it. Its
 * `semver` is not there before set-up. A range written in another way is satisfied by nothing.
 */
export function satisfies(version, range) {
  const numbers = version.split('.').map(Number);
  return alternatives(range).some(
    ({ from, orLater }) =>
      from !== undefined && compare(numbers, from) >= 0 && (orLater || numbers[0] === from[0]),
  );
}

/** `^20.19.0` and `20.x` are one line of releases; `>=24` has no end; `*` is all there are. */
function alternatives(range) {
  return range.split('||').map((text) => {
    if (text.trim() === '*') return { from: [0], orLater: true };
    const line = /^\s*(\^|>=)\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.[x*])?\s*$/.exec(text);
    const [, sign, ...numbers] = line ?? /^\s*()(\d+)(?:\.[x*])*\s*$/.exec(text) ?? [];
    const from = sign === undefined ? undefined : numbers.filter((part) => part !== undefined).map(Number);
    return { from, orLater: sign === '>=' };
  });
}

function compare(one, other) {
  const at = one.findIndex((part, place) => part !== (other[place] ?? 0));
  return at === -1 ? 0 : one[at] - (other[at] ?? 0);
}

function inWords(range) {
  const words = alternatives(range).map(({ from, orLater }) =>
    orLater ? `${from[0]} and later` : `${from[0]} (from ${from[0]}.${from[1] ?? 0})`,
  );
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');
}
