/**
 * Folders that tests work in: removed when all of a test file is over, whatever became of its tests. What is made in
 * another way is found by `run-folder.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

// The last made is the first to go, and imports come first: a file's own `afterAll` has closed what writes here.
afterAll(() =>
  Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 }))),
);

/** @param name what the folder is for: stands in its path */
export async function temporaryFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `assay-${name}-`));
  made.push(folder);
  return folder;
}
