/** The workflow bundle: made once by the build, read by every worker. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

import { FAILURE_CONVERTER } from './encryption/open-encryption.ts';

/** Beside this module the sources are `.ts`, in the compiled tree `.js`. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** What failures say is decided inside the sandbox, where no setting reaches: hence a bundle of each kind. */
export type BundleKind = 'plain' | 'encrypted';

const PREBUILT: Readonly<Record<BundleKind, string>> = {
  plain: pathOf('../workflow-bundle.js'),
  encrypted: pathOf('../workflow-bundle-encrypted.js'),
};

export interface BundleOptions {
  /** The registry of workflows; the project's own by default. */
  readonly workflows?: string;
  readonly kind?: BundleKind;
}

/** A second or two. @throws Error that names the file and what it imports, where that is not for workflows */
export async function bundleWorkflows(options: BundleOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  const said: string[] = [];
  try {
    return await bundled(options, said);
  } catch (error) {
    throw disallowedImport(said.join('\n'), error) ?? error;
  }
}

function bundled(options: BundleOptions, said: string[]): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: options.workflows ?? pathOf(`../workflows/index.${extension}`),
    workflowInterceptorModules: [pathOf(`../workflows/engine/interceptors.${extension}`)],
    // Params are checked by clients and by the ledger, never in the sandbox: a megabyte less.
    ignoreModules: ['zod'],
    ...(options.kind === 'encrypted' && { failureConverterPath: FAILURE_CONVERTER }),
    logger: { ...quiet, error: (text: string) => void said.push(text) },
  });
}

/** For the build: one bundle of each kind. */
export async function writeBundles(): Promise<void> {
  await Promise.all(
    Object.entries(PREBUILT).map(([kind, file]) => writeBundle(file, { kind: kind as BundleKind })),
  );
}

/** Replaces the file at once or not at all. */
export async function writeBundle(file: string, options: BundleOptions = {}): Promise<void> {
  const { code } = await bundleWorkflows(options);
  await mkdir(dirname(file), { recursive: true });
  const written = `${file}.${process.pid}`;
  await writeFile(written, code);
  await rename(written, file);
}

/** The prebuilt bundle where there is one, else a fresh one. */
export async function loadBundle(kind: BundleKind = 'plain'): Promise<{ code: string }> {
  const file = PREBUILT[kind];
  return existsSync(file) ? { code: await readFile(file, 'utf8') } : bundleWorkflows({ kind });
}

/** What the bundler says of a module that it has no code for, and who imports it: `ERROR in node:fs … @ ./file.js 1:0`. */
function disallowedImport(said: string, error: unknown): Error | undefined {
  const [, module, file] = /^ERROR in (node:\S+)\n[^]*?^ @ (\S+)/m.exec(said) ?? [];
  // Of what it has replaced by nothing it says no more than the name.
  const [, replaced] =
    /disallowed modules:\n {2}- '([^']+)'/.exec(error instanceof Error ? error.message : '') ?? [];
  if (replaced !== undefined) return notForWorkflows('a workflow, or what it is made of,', replaced);
  if (module === undefined || file === undefined) return undefined;
  const source = file.replace(/^\.\/(dist\.next\/)?/, '').replace(/\.js$/, '.ts');
  return notForWorkflows(source, module);
}

function notForWorkflows(who: string, module: string): Error {
  return new Error(
    `${who} imports ${module}, which workflows can't: what they do must be the same each time they are run again. ` +
      "Move what needs it into an activity; an activity's types come by `import type`.",
  );
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

const ignore = (): void => undefined;
const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
