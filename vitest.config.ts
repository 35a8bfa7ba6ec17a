import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.e2e.ts'],
    exclude: ['node_modules', 'dist', '.assay'],
    pool: 'forks',
    // End-to-end tests mostly wait: one process per core less one would leave two cores half idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The first is the last to be taken down.
    globalSetup: ['testing/run-folder.ts', 'testing/temporal-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Which Node we need stands in package.json: as bin/assay does, the tests pass over what the SDK says of its future.
    env: { ...nativeParts(), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});

/** Where set-up found the native parts, so that vitest alone can run a part of the suite. */
function nativeParts(): Record<string, string> {
  const file = new URL('./.assay/parts.json', import.meta.url);
  if (!existsSync(file)) return {};
  const parts = JSON.parse(readFileSync(file, 'utf8'));
  const found = {
    ASSAY_TEMPORAL_BIN: process.env['ASSAY_TEMPORAL_BIN'] ?? parts.temporal?.path,
    ASSAY_XGBOOST: process.env['ASSAY_XGBOOST'] ?? parts.xgboost?.path,
  };
  return Object.fromEntries(Object.entries(found).filter(([, path]) => path !== undefined));
}
