/** Seeded pseudo-random numbers: the same seed gives the same numbers, on every machine. */

/** Uniform in [0, 1), 32 bits of resolution. */
export type Random = () => number;

/**
 * SplitMix32: a Weyl sequence through the finalizer of MurmurHash3 (Appleby 2008; Steele, Lea and
 * Flood 2014 for the construction). For sampling and simulation, not for secrets.
 */
export function createRandom(seed: number | string): Random {
  let state = hashText(String(seed));
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

/** FNV-1a over UTF-16 code units, so that near seeds start far apart. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

function mix(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
