/** Debian's Chromium on PATH, or undefined where there is none. */
export function findChromium(): Promise<{ readonly path: string } | undefined>;
