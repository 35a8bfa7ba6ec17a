/** Pipelines that stand in a file of their own and that no line of the registry names: workers would never serve them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { AnyPipeline } from '../workflows/engine/definition.ts';

interface Unregistered {
  readonly pipeline: string;
  /** As it is called in the clone: `pipelines/hello.pipeline.ts`. */
  readonly file: string;
}

/** What is not looked at: code that is no pipeline's may do anything when it is read. */
const FILE = /\.pipeline\.(ts|js)$/;

/** The clone, or `dist/`. */
const HERE = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param registered definitions that the registry knows
 * @param root the folder that holds `pipelines/`
 */
export async function unregisteredPipelines(
  registered: ReadonlySet<AnyPipeline['definition']>,
  root = HERE,
): Promise<Unregistered[]> {
  const folder = join(root, 'pipelines');
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const found = await Promise.all(
    files.map(async (path) => {
      const exports = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
      const file = relative(root, path).replaceAll('\\', '/').replace(/\.js$/, '.ts');
      return definitionsOf(exports)
        .filter((definition) => !registered.has(definition))
        .map(({ name }) => ({ pipeline: name, file }));
    }),
  );
  return found.flat();
}

function definitionsOf(exports: Readonly<Record<string, unknown>>): AnyPipeline['definition'][] {
  return Object.values(exports).flatMap((exported) =>
    typeof exported === 'function' && 'definition' in exported
      ? [(exported as unknown as AnyPipeline).definition]
      : [],
  );
}
