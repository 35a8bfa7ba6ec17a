/** What Assay stands on, each with a way to try it: what `assay doctor` goes through. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { DuckDB } from '../activities/lake/contract.ts';
import type { ObjectStore } from '../activities/store/contract.ts';
import { loadXgboost } from '../activities/training/xgboost/library.ts';

export interface Component {
  readonly name: string;
  /** Whether Assay can't do its work without it. */
  readonly needed: boolean;
  /** Uses it for real. Throws with the reason why it can't be used. */
  try(): Promise<{ readonly version?: string; readonly where?: string }>;
  /** What to do when it can't be used: a command where there is one. */
  readonly mend: string;
}

export interface ComponentOptions {
  readonly store: ObjectStore;
  readonly duckdb: DuckDB;
  /** Path of the `temporal` command, if set-up found one. */
  readonly temporalCommand: string | undefined;
  /** A server elsewhere, if one is configured. */
  readonly temporalAddress: string | undefined;
  readonly xgboostLibrary: string | undefined;
  /** The workflow bundle that the build made. */
  readonly bundleFile: string;
  /** Which build this is, as its workers say it of themselves, and where it stands. */
  readonly codeVersion: string;
  readonly root: string;
}

const SET_UP = 'node scripts/setup.mjs';
const execute = promisify(execFile);

export function createComponents(options: ComponentOptions): Component[] {
  return [
    {
      name: 'Assay',
      needed: true,
      mend: 'npm run build',
      try: async () => ({ version: options.codeVersion, where: options.root }),
    },
    { name: 'Node', needed: true, mend: 'install Node 24', try: tryNode },
    temporalCommand(options),
    { name: 'XGBoost', needed: true, mend: mendXgboost(), try: () => tryXgboost(options.xgboostLibrary) },
    { name: 'DuckDB', needed: true, mend: 'npm ci', try: () => tryDuckDB(options.duckdb) },
    { name: 'ONNX Runtime', needed: true, mend: 'npm ci', try: tryOnnxRuntime },
    store(options.store),
    {
      name: 'workflow bundle',
      needed: true,
      mend: 'npm run build',
      try: () => tryBundle(options.bundleFile),
    },
    { name: 'Python with pip', needed: false, mend: 'install Python >= 3.10 with pip', try: tryPython },
  ];
}

async function tryNode(): Promise<{ version: string; where: string }> {
  return { version: process.versions.node, where: process.execPath };
}

function temporalCommand({ temporalCommand: path, temporalAddress }: ComponentOptions): Component {
  return {
    name: 'Temporal command',
    // A server elsewhere does without it.
    needed: temporalAddress === undefined,
    mend: `${SET_UP}, or put temporal >= 1.5 on PATH, or set TEMPORAL_ADDRESS`,
    try: async () => {
      if (path === undefined) throw new Error('set-up has found none');
      const { stdout } = await execute(path, ['--version']);
      return { version: stdout.trim().replace(/^temporal version /, ''), where: path };
    },
  };
}

async function tryXgboost(library: string | undefined): Promise<{ version: string; where: string }> {
  if (library === undefined) throw new Error('set-up has not installed its library');
  return { version: loadXgboost(library).version, where: library };
}

function mendXgboost(): string {
  return process.platform === 'darwin' ? `brew install libomp, then ${SET_UP}` : SET_UP;
}

async function tryDuckDB(duckdb: DuckDB): Promise<{ version: string }> {
  const [row] = await duckdb.session((session) =>
    session.rows<{ version: string }>('SELECT version() AS version'),
  );
  if (row === undefined) throw new Error('it does not answer');
  return { version: row.version };
}

async function tryOnnxRuntime(): Promise<{ version: string }> {
  await import('../activities/scoring/onnx/telemetry.ts');
  const { env } = await import('onnxruntime-node');
  const version = env.versions.node;
  if (version === undefined) throw new Error('its native part is not loaded');
  return { version };
}

function store(objects: ObjectStore): Component {
  return {
    name: 'object store',
    needed: true,
    mend: 'give write access, or set ASSAY_STORE to another place',
    try: async () => {
      const key = `doctor/${randomUUID()}`;
      try {
        const first = await objects.putIfAbsent(key, 'first');
        const second = await objects.putIfAbsent(key, 'second');
        if (!first || second) throw new Error('it does not keep the first of two writers of one key');
      } finally {
        await objects.delete([key]);
      }
      return { where: objects.uri };
    },
  };
}

async function tryBundle(file: string): Promise<{ version: string; where: string }> {
  const { size } = await stat(file);
  return { version: `${(size / 1e6).toFixed(1)} MB`, where: file };
}

async function tryPython(): Promise<{ version: string }> {
  const { stdout } = await execute('python3', ['-m', 'pip', '--version']);
  return { version: /python ([\d.]+)/.exec(stdout)?.[1] ?? 'unknown' };
}
