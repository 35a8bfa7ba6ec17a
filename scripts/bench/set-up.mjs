/** Set-up of a clean clone with empty caches: seconds and megabytes. It needs the package registries. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolder } from '../with-folder.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

export function run() {
  return withFolder('bench', async (folder) => {
    const [clone, cache] = [join(folder, 'clone'), join(folder, 'cache')];
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
  });
}

function megabytes(path) {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]) / 1024;
}
