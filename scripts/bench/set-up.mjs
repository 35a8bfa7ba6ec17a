/** Set-up of a clean clone with empty caches: seconds and megabytes. It needs the package registries. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export async function run() {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const [clone, cache] = [join(folder, 'clone'), join(folder, 'cache')];
  try {
    execFileSync('git', ['clone', '--quiet', root, clone]);
    const env = { ...process.env, ASSAY_CACHE: cache, npm_config_cache: join(folder, 'npm') };
    const seconds = () => {
      const started = performance.now();
      execFileSync(process.execPath, ['scripts/setup.mjs'], {
        cwd: clone,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return (performance.now() - started) / 1000;
    };
    return [
      { name: 'set-up from empty caches', value: seconds(), unit: 's', target: { max: 180 } },
      { name: 'set-up again', value: seconds(), unit: 's' },
      { name: 'npm packages', value: megabytes(join(clone, 'node_modules')), unit: 'MB' },
      { name: 'Temporal and XGBoost', value: megabytes(cache), unit: 'MB' },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function megabytes(path) {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]) / 1024;
}
