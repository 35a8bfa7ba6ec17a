import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** An `aws` and a `terraform` that answer from files, and write down what they were asked. */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-deploy-'));
  mkdirSync(join(folder, 'environments', 'prod'), { recursive: true });
  for (const name of ['terraform.tfvars', 'backend.hcl'])
    writeFileSync(join(folder, 'environments/prod', name), '');
  program(
    'aws',
    `case "$1 $2 $3" in
      "ecs list-services"*) echo '{"serviceArns":["a:service/assay-prod/assay-prod-data-1","a:service/assay-prod/assay-prod-control-1"]}' ;;
      "ecs describe-services"*) echo '{"services":[{"createdAt":"2026-01-01","taskDefinition":"control:7","networkConfiguration":{"awsvpcConfiguration":{"subnets":["s"]}}}]}' ;;
      "ecs run-task"*) cat "${folder}/run-task" ;;
      "ecs describe-tasks"*) cat "${folder}/describe-tasks" ;;
      "ecs describe-task-definition"*) echo '{"taskDefinition":{"containerDefinitions":[{"logConfiguration":{"options":{"awslogs-stream-prefix":"1.4.0"}}}]}}' ;;
      "logs get-log-events"*) cat "${folder}/log" ;;
      "secretsmanager"*) echo from-the-secret ;;
    esac`,
  );
  program(
    'terraform',
    `case "$2" in
      output) cat "${folder}/output" ;;
      apply) echo "password $TF_VAR_database_password" >> "${folder}/asked" ;;
    esac`,
  );
  answer('run-task', { tasks: [{ taskArn: 'arn:task/assay-prod/abc' }] });
  exits(0);
  says({ '1.3.0': 'drained', '1.4.0': 'current' });
  answer('output', { assay: { value: { releases: { '1.3.0': 'image:1.3.0', '1.4.0': 'image:1.4.0' } } } });
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, body: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/asked"\n${body}\n`, {
    mode: 0o755,
  });
}
function answer(name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
function exits(exitCode: number | undefined): void {
  answer('describe-tasks', {
    tasks: [
      {
        stoppedReason: 'no such image',
        containers: [{ name: 'worker', ...(exitCode !== undefined && { exitCode }) }],
      },
    ],
  });
}
/** What `assay workers versions --json` prints there, a line an event. */
function says(states: Readonly<Record<string, string>>): void {
  const printed = JSON.stringify(
    Object.entries(states).map(([version, state]) => ({ version, state })),
    null,
    2,
  );
  answer('log', { events: printed.split('\n').map((message) => ({ message })) });
}
function run(
  name: string,
  ...args: string[]
): { code: number | null; out: string; err: string; asked: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script(name), ...args], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH']}`, ASSAY_TERRAFORM: folder, LOGS_WITHIN_MS: '0' },
  });
  const asked = join(folder, 'asked');
  return {
    code: status,
    out: stdout,
    err: stderr,
    asked: existsSync(asked) ? readFileSync(asked, 'utf8') : '',
  };
}
const released = (): unknown =>
  JSON.parse(readFileSync(join(folder, 'environments/prod/releases.auto.tfvars.json'), 'utf8'));

describe('node scripts/on-ecs.mjs', () => {
  it('runs the command in the network of the control workers, and prints what it printed', () => {
    const { code, out, asked } = run('on-ecs.mjs', 'assay-prod', 'workers', 'versions', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(2);
    expect(asked).toContain('"command":["/assay/bin/assay","workers","versions","--json"]');
    expect(asked).toContain('--task-definition control:7');
    expect(asked).toContain('{"awsvpcConfiguration":{"subnets":["s"]}}');
    expect(asked).toContain('--log-stream-name 1.4.0/worker/abc');
  });

  it('takes the rights of the workers that it is told to, and looks for their log', () => {
    const { code, asked } = run('on-ecs.mjs', 'assay-prod', '--as', 'data', 'tables', 'vacuum');
    expect(code).toBe(0);
    expect(asked).toContain('--services a:service/assay-prod/assay-prod-data-1');
    expect(asked).toContain('"command":["/assay/bin/assay","tables","vacuum"]');
    expect(asked).toContain('--log-group-name /assay-prod/workers/data');
    expect(run('on-ecs.mjs', 'assay-prod', '--as', 'nobody', 'doctor')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no nobody workers'),
    });
  });

  it("ends with the command's exit code", () => {
    exits(1);
    expect(run('on-ecs.mjs', 'assay-prod', 'runs', 'show', 'x').code).toBe(1);
  });

  it('says why where the command never ran', () => {
    exits(undefined);
    expect(run('on-ecs.mjs', 'assay-prod', 'doctor')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no such image'),
    });
    answer('run-task', { failures: [{ reason: 'RESOURCE:MEMORY' }] });
    expect(run('on-ecs.mjs', 'assay-prod', 'doctor')).toMatchObject({
      code: 2,
      err: expect.stringContaining('RESOURCE:MEMORY'),
    });
  });
});

describe('node scripts/deploy.mjs', () => {
  it('adds a version beside those that run, with the password that Terraform writes nowhere', () => {
    const { code, asked } = run('deploy.mjs', 'prod', 'add', '1.5.0', 'image:1.5.0');
    expect(code).toBe(0);
    expect(released()).toEqual({
      releases: { '1.3.0': 'image:1.3.0', '1.4.0': 'image:1.4.0', '1.5.0': 'image:1.5.0' },
    });
    expect(asked).toContain('password from-the-secret');
    expect(asked).not.toContain('-var');
  });

  it('starts with the first version where nothing was ever applied', () => {
    answer('output', {});
    expect(run('deploy.mjs', 'prod', 'add', '1.0.0', 'image:1.0.0').code).toBe(0);
    expect(released()).toEqual({ releases: { '1.0.0': 'image:1.0.0' } });
  });

  it('takes down what has drained, and nothing else', () => {
    expect(run('deploy.mjs', 'prod', 'drop-drained').code).toBe(0);
    expect(released()).toEqual({ releases: { '1.4.0': 'image:1.4.0' } });
  });

  it('takes nothing down where nothing has drained, and applies nothing', () => {
    says({ '1.3.0': 'draining', '1.4.0': 'current' });
    const { code, asked, err } = run('deploy.mjs', 'prod', 'drop-drained');
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('no version has drained') });
    expect(asked).not.toMatch(/terraform \S+ apply/);
    expect(existsSync(join(folder, 'environments/prod/releases.auto.tfvars.json'))).toBe(false);
  });

  it.each(['current', 'ramping', 'draining'])('refuses to take down a version that is %s', (state) => {
    says({ '1.3.0': state });
    const { code, err, asked } = run('deploy.mjs', 'prod', 'drop', '1.3.0');
    expect(code).toBe(2);
    expect(err).toContain(`1.3.0 is ${state}`);
    expect(asked).not.toMatch(/terraform \S+ apply/);
  });

  it('refuses where it cannot be known whether a version is needed', () => {
    exits(2);
    const { code, asked } = run('deploy.mjs', 'prod', 'drop', '1.3.0');
    expect(code).toBe(2);
    expect(asked).not.toMatch(/terraform \S+ apply/);
  });

  it('never leaves an environment without a version', () => {
    answer('output', { assay: { value: { releases: { '1.3.0': 'image:1.3.0' } } } });
    expect(run('deploy.mjs', 'prod', 'drop-drained')).toMatchObject({
      code: 2,
      err: expect.stringContaining('the last version'),
    });
  });
});
