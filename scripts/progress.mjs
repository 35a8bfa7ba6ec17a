/** What set-up is doing, on stderr: stdout belongs to the command that needed it. */

export function note(text) {
  process.stderr.write(`assay: ${text}\n`);
}

/**
 * Finds a part or installs it, saying so with the seconds it took. Nothing is printed for what is there.
 * `size` is how much comes over the network, where that is known.
 */
export async function step(name, find, install, size) {
  const found = await find();
  if (found) return found;
  const started = performance.now();
  note(`installing ${name}${size === undefined ? '' : ` (${megabytes(size)})`} …`);
  const installed = await install();
  note(`installed ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return installed;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
