/**
 * Which versions of the workers run in an environment. Terraform's state says which do now; this adds one or takes away
 * what is needed no more. Nothing is ever replaced in place.
 *
 *   node scripts/deploy.mjs prod add 1.5.0 …/assay@sha256:…   the workers of a version beside those that run
 *   node scripts/deploy.mjs prod drop 1.4.0                   its workers, unless runs still need them
 *   node scripts/deploy.mjs prod drop-drained                 those of every version that has drained
 *
 * TERRAFORM_TFVARS and TERRAFORM_BACKEND are the contents of terraform.tfvars and backend.hcl, where the files are not
 * there. Needs the AWS CLI and Terraform, and the rights to apply.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneRoot } from './clone.mjs';
import { run } from './command.mjs';
import { runOnEcs } from './on-ecs.mjs';
import { note } from './progress.mjs';

const USAGE = 'usage: node scripts/deploy.mjs ENVIRONMENT add VERSION IMAGE | drop VERSION | drop-drained';
/** Runs go to it, or began on it and are open. */
const NEEDED = new Set(['current', 'ramping', 'draining']);

async function deploy(environment, verb, version, image) {
  const folder = join(
    process.env.ASSAY_TERRAFORM ?? join(cloneRoot, 'terraform'),
    'environments',
    environment ?? '',
  );
  if (environment === undefined || !existsSync(folder)) throw new Error(USAGE);
  await given(folder, 'terraform.tfvars', process.env.TERRAFORM_TFVARS);
  await given(folder, 'backend.hcl', process.env.TERRAFORM_BACKEND);
  await terraform(folder, 'init', '-input=false', '-backend-config=backend.hcl');
  const releases = await releasesOf(folder);
  if (verb === 'add' && image !== undefined)
    return apply(environment, folder, { ...releases, [version]: image });
  if (verb === 'drop' && version !== undefined) return drop(environment, folder, releases, [version]);
  if (verb === 'drop-drained') {
    const states = await statesOf(environment);
    const over = Object.keys(releases).filter((each) => states[each] === 'drained');
    return over.length === 0
      ? note('no version has drained')
      : drop(environment, folder, releases, over, states);
  }
  throw new Error(USAGE);
}

async function drop(environment, folder, releases, versions, known) {
  const states = known ?? (await statesOf(environment));
  const needed = versions.filter((version) => NEEDED.has(states[version]));
  if (needed.length > 0) {
    throw new Error(
      `${needed.map((version) => `${version} is ${states[version]}`).join(', ')}: its runs need its workers. ` +
        'Wait (assay workers wait VERSION --drained), or cancel those runs.',
    );
  }
  const kept = Object.fromEntries(
    Object.entries(releases).filter(([version]) => !versions.includes(version)),
  );
  if (Object.keys(kept).length === 0)
    throw new Error('That is the last version: an environment has one at least.');
  await apply(environment, folder, kept);
}

/** Empty before the first deployment. */
async function releasesOf(folder) {
  const outputs = JSON.parse(await terraform(folder, 'output', '-json'));
  return outputs.assay?.value.releases ?? {};
}

async function statesOf(environment) {
  const { code, out } = await runOnEcs(`assay-${environment}`, ['workers', 'versions', '--json']);
  if (code !== 0) throw new Error(`assay workers versions ended with ${code}:\n${out}`);
  return Object.fromEntries(JSON.parse(out).map(({ version, state }) => [version, state]));
}

async function apply(environment, folder, releases) {
  await writeFile(join(folder, 'releases.auto.tfvars.json'), `${JSON.stringify({ releases }, null, 2)}\n`);
  note(`${environment}: ${Object.keys(releases).join(', ')}`);
  await terraform(folder, 'apply', '-input=false', '-auto-approve');
}

/** A server of our own has a database, whose password Terraform is told at each run and writes nowhere. */
async function terraform(folder, ...args) {
  const environment = folder.split('/').at(-1);
  const ask = { staging: 'assay/staging/temporal-database', prod: 'assay/production/temporal-database' }[
    environment
  ];
  const asked =
    args[0] === 'apply' && ask !== undefined && process.env.TF_VAR_database_password === undefined;
  const password = asked
    ? await run('aws', [
        'secretsmanager',
        'get-secret-value',
        '--secret-id',
        ask,
        '--query',
        'SecretString',
        '--output',
        'text',
      ])
    : undefined;
  const env = {
    ...process.env,
    ...(password !== undefined && { TF_VAR_database_password: password.trim() }),
  };
  return run('terraform', [`-chdir=${folder}`, ...args], { env });
}

async function given(folder, name, text) {
  const file = join(folder, name);
  if (existsSync(file)) return;
  if (!text) throw new Error(`${file} is not there: copy ${name}.example and fill it in.`);
  await writeFile(file, text);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await deploy(...process.argv.slice(2));
  } catch (error) {
    note(error.message);
    process.exitCode = 2;
  }
}
