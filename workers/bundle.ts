/** The workflow bundle: made once by the build, read by every worker. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** Beside this module the sources are `.ts`, in the compiled tree `.js`. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

const prebuilt = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

export interface BundleOptions {
  /** The registry of workflows; the project's own by default. */
  readonly workflows?: string;
}

/** A second or two. */
export function bundleWorkflows(options: BundleOptions = {}): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: options.workflows ?? pathOf(`../workflows/index.${extension}`),
    workflowInterceptorModules: [pathOf(`../workflows/engine/interceptors.${extension}`)],
    // Params are checked by clients and by the ledger, never in the sandbox: a megabyte less.
    ignoreModules: ['zod'],
    logger: quiet,
  });
}

/** For the build: replaces the file at once or not at all. */
export async function writeBundle(file = prebuilt, options: BundleOptions = {}): Promise<void> {
  const { code } = await bundleWorkflows(options);
  await mkdir(dirname(file), { recursive: true });
  const written = `${file}.${process.pid}`;
  await writeFile(written, code);
  await rename(written, file);
}

/** The prebuilt bundle where there is one, else a fresh one. */
export async function loadBundle(file = prebuilt): Promise<{ code: string }> {
  return existsSync(file) ? { code: await readFile(file, 'utf8') } : bundleWorkflows();
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

const ignore = (): void => undefined;
const quiet = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
