/**
 * The training process compiled from the source as it stands: Node runs no TypeScript by itself,
 * and what tests fork must be what they test. Inside the repository, so that its modules resolve.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Compiled {
  /** For `createLocalTrainer({ entry })`. */
  readonly entry: URL;
  remove(): void;
}

export function compileTrainingProcess(): Compiled {
  mkdirSync(join(root, '.assay'), { recursive: true });
  const folder = mkdtempSync(join(root, '.assay', 'training-process-'));
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { noEmit: false, rootDir: root, outDir: folder, types: ['node'] },
      files: [join(root, 'activities/training/xgboost/process.ts')],
      exclude: [],
    }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config]);
  return {
    entry: pathToFileURL(join(folder, 'activities/training/xgboost/process.js')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
