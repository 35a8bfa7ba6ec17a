import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Figure } from '../activities/capacity/contract.ts';
import { SEARCH_ATTRIBUTES } from '../workers/embedded-server.ts';
import { settingsInSource, type Plan } from './terraform-policies.mjs';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(path(name), 'utf8');

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}
const compose = parse(read('compose.yaml'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const settings = await settingsInSource();

interface Container {
  readonly name: string;
  readonly user: string;
  readonly command: readonly string[];
  readonly mountPoints: readonly { readonly containerPath: string }[];
  readonly environment: readonly { readonly name: string; readonly value?: string }[];
  readonly secrets: readonly { readonly name: string; readonly value?: undefined }[];
  readonly healthCheck: { readonly command: readonly string[] };
}
const plan = JSON.parse(read('scripts/terraform-policies/plan.json')) as Plan;
const workers = plan.resource_changes
  .filter(({ type }) => type === 'aws_ecs_task_definition')
  .flatMap(({ change }) => JSON.parse(String(change.after?.['container_definitions'])) as Container[])
  .filter(({ name }) => name === 'worker');

describe('the task definitions of workers', () => {
  it('set what production needs to be seen, kept apart by version, encrypted and trained', () => {
    const set = workers.map(({ environment, secrets }) =>
      Object.fromEntries(
        [...environment, ...secrets].map(({ name, value = 'from a secret' }) => [name, value]),
      ),
    );
    const all = {
      ASSAY_ENV: 'production',
      ASSAY_STORE: expect.stringMatching(/^s3:/),
      ASSAY_REGISTRY_STORE: expect.stringMatching(/^s3:/),
      // The dimension Environment of every figure that alarms and autoscaling look at.
      ASSAY_CLOUDWATCH: 'assay-prod',
      ASSAY_HEALTH_PORT: '8080',
      ASSAY_VERSIONING: 'pinned',
      ASSAY_CODE_VERSION: expect.any(String),
      ASSAY_ENCRYPTION_KEYS: 'from a secret',
      ASSAY_SAGEMAKER_ROLE: expect.stringMatching(/^arn:aws:iam:/),
      ASSAY_SAGEMAKER_SUBNETS: 'from a secret',
      ASSAY_SAGEMAKER_SECURITY_GROUPS: 'from a secret',
      ASSAY_SAGEMAKER_KMS_KEY: 'from a secret',
      AWS_REGION: expect.any(String),
      TEMPORAL_ADDRESS: expect.any(String),
      TEMPORAL_NAMESPACE: 'assay',
    };
    expect(set).toEqual([all, all, all].map((each) => expect.objectContaining(each)));
    expect(set.map((each) => 'ASSAY_EVENTS_QUEUE' in each)).toEqual([true, false, false]);
    for (const { healthCheck } of workers) expect(healthCheck.command.join(' ')).toContain(':8080/healthz');
  });

  it('have their figures looked at by names and dimensions that workers publish them under', () => {
    const perQueue = 'Environment, Queue';
    const alarms = read('terraform/modules/observability/alarms.tf');
    expect(alarms).toContain(
      '{ for queue in var.queues : queue => { Environment = var.name, Queue = queue } }',
    );
    const looked = [...alarms.matchAll(/metric += "(\w+)", dimensions = ([^,]+),/g)].map(
      ([, name, by]) => `${name} by ${by === '{ Environment = var.name }' ? 'Environment' : perQueue}`,
    );
    const published: Record<Figure['name'], string> = {
      Backlog: perQueue,
      BacklogAge: perQueue,
      Slots: perQueue,
      SlotsUsed: perQueue,
      ScheduleToStart: perQueue,
      RunsFailed: 'Environment',
      DriftAlarms: 'Environment',
    };
    expect(looked).toHaveLength(5);
    const known = Object.entries(published).map(([name, dimensions]) => `${name} by ${dimensions}`);
    expect(looked.filter((each) => !known.includes(each))).toEqual([]);
  });
});

describe('Dockerfile', () => {
  it('has the folders, the user and the program that the task definitions name', () => {
    expect(workers.map(({ command }) => command.at(-1))).toEqual(['control', 'data', 'training']);
    const program = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as string[];
    const [, volumes = '[]'] = /^VOLUME (.*)$/m.exec(dockerfile) ?? [];
    for (const worker of workers) {
      expect(worker.mountPoints.map(({ containerPath }) => containerPath)).toEqual(JSON.parse(volumes));
      expect(dockerfile).toContain(`USER ${worker.user}`);
      expect(worker.command.slice(0, 3)).toEqual(program.slice(0, 3));
    }
  });

  it('builds and runs on one base, pinned to a version', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim$/);
  });

  it('sets nothing that nobody reads', () => {
    const set = [...dockerfile.matchAll(/\b(ASSAY_\w+)=/g)].map(([, name]) => String(name));
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !settings.has(name))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  it('runs Temporal, S3 and PostgreSQL in the versions of production and of the tests', () => {
    const production = read('terraform/environments/prod/main.tf');
    for (const name of ['temporal', 'web-ui', 'schema', 'namespace'])
      expect(production).toContain(`"${compose.services[name]?.image}"`);
    const { versitygw } = JSON.parse(read('scripts/parts.json')) as { versitygw: { version: string } };
    expect(compose.services['s3']?.image).toBe(`versity/versitygw:v${versitygw.version}`);
    expect(services.filter(([, { image }]) => image !== undefined && !/:v?[\w.]+$/.test(image))).toEqual([]);
  });

  it('opens its ports on this machine alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toContain('127.0.0.1:8233:8080');
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('confines workers as production does, serves each queue once, and tells them only what they read', () => {
    const ours = services.filter(([, { image }]) => image === 'assay:local');
    expect(ours.map(([name]) => name)).toEqual(['control', 'work', 'assay']);
    for (const [, service] of ours) {
      expect(service).toMatchObject({ read_only: true, user: workers[0]?.user, volumes: ['/assay/.assay'] });
      const told = Object.keys(service.environment ?? {}).filter((name) => name.startsWith('ASSAY_'));
      expect(told.filter((name) => !settings.has(name))).toEqual([]);
    }
    const queues = ours.flatMap(([, { command }]) =>
      command?.[2] === '--queues' ? (command[3]?.split(',') ?? []) : [],
    );
    expect(queues).toEqual(['control', 'data', 'training']);
  });
});

describe('namespace.sh', () => {
  it('makes the search attributes that runs are found by', () => {
    const made = [
      ...read('terraform/modules/temporal/self-hosted/namespace.sh').matchAll(/(Assay\w+)=(\w+)/g),
    ];
    expect(Object.fromEntries(made.map(([, name, type]) => [name, type]))).toEqual(SEARCH_ATTRIBUTES);
  });
});

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}
const jobsOf = (name: string): Readonly<Record<string, Job>> =>
  (parse(read(`.github/workflows/${name}`)) as { jobs: Readonly<Record<string, Job>> }).jobs;

describe('.github/workflows', () => {
  const workflows = readdirSync(path('.github/workflows')).map((name) => ({
    name,
    text: read(`.github/workflows/${name}`),
  }));

  it('give each job only the rights that it names', () => {
    for (const { text } of workflows)
      expect(parse(text)).toMatchObject({ permissions: { contents: 'read' } });
  });

  it('run the command of the README on every Node that the README names', () => {
    const ci = parse(read('.github/workflows/ci.yml')) as {
      jobs: {
        test: { strategy: { matrix: { node: readonly string[] } }; steps: readonly { run?: string }[] };
      };
    };
    const named = /\| Node \| ([\d., ]+) \|/.exec(read('README.md'))?.[1]?.split(', ');
    expect(ci.jobs.test.strategy.matrix.node).toEqual(named);
    expect(ci.jobs.test.steps.map(({ run }) => run)).toContain('.ci/run');
  });
});

describe('the release', () => {
  const release = jobsOf('release.yml');

  it('makes one image with provenance and a list of its parts, and names it by digest', () => {
    const build = release['image']?.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action@'));
    expect(build?.with).toMatchObject({ push: true, provenance: 'mode=max', sbom: true });
    for (const environment of ['dev', 'staging', 'prod'])
      expect(release[environment]?.with?.['image']).toBe('${{ needs.image.outputs.image }}');
    expect(read('.github/workflows/release.yml')).toContain('@${{ steps.build.outputs.digest }}');
  });

  it('takes it from one environment to the next, each by its own approval, in ever larger steps', () => {
    const order = ['dev', 'staging', 'prod'].map((name) => [release[name]?.needs].flat());
    expect(order).toEqual([['image'], ['image', 'dev'], ['image', 'staging']]);
    expect(release['prod']?.with?.['steps']).toBe('5 25 50');
    // Who has to approve is said where the environment of GitHub is.
    expect(jobsOf('deploy.yml')['deploy']?.environment).toBe('${{ inputs.environment }}');
  });

  it('moves runs from version to version: beside, ready, ramp, current, drained, away', () => {
    const commands = (jobsOf('deploy.yml')['deploy']?.steps ?? []).map(({ run = '' }) => run).join('\n');
    const steps = [/deploy\.mjs .* add /, /workers wait "\$VERSION"/, /--ramp "\$percentage"/];
    const ends = [/workers use "\$VERSION"$/m, /drop-drained$/m];
    const at = [...steps, ...ends].map((step) => commands.search(step));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((one, other) => one - other));
    expect(release['roll-back']?.steps?.at(-1)?.run).toContain('workers use');
  });
});

describe('the checks of every change', () => {
  const ci = jobsOf('ci.yml');
  const does = (job: string): string =>
    (ci[job]?.steps ?? []).map(({ uses = '', run = '' }) => `${uses} ${run}`).join('\n');

  it('look at Terraform, at the image, at what is known of dependencies, and at the code by CodeQL', () => {
    expect(does('terraform')).toContain('check-terraform.sh --install --strict');
    expect(does('image')).toContain('docker compose up --build');
    expect(does('audit')).toContain('npm audit --omit=dev');
    expect(does('codeql')).toContain('github/codeql-action/analyze@');
    expect(does('delivery')).toMatch(/actionlint[^]*shellcheck[^]*hadolint/);
  });
});

describe('the rights of the workers', () => {
  const LAKE = /^arn:aws:s3:::assay-prod-lake-\d+\//;

  /** Keys of the lake's bucket that a queue's workers may do this to: `lake/*`, … */
  function keysFor(queue: string, action: string): string[] {
    const policy = plan.resource_changes.find(
      ({ type, address }) =>
        type === 'aws_iam_role_policy' && address.includes(`workers["${queue}"].aws_iam_role_policy.task`),
    );
    const { Statement } = JSON.parse(String(policy?.change.after?.['policy'])) as {
      Statement: readonly { Action: string | string[]; Resource: string | string[] }[];
    };
    return Statement.filter(({ Action }) => [Action].flat().includes(action))
      .flatMap(({ Resource }) => Resource)
      .filter((resource) => LAKE.test(resource))
      .map((resource) => resource.replace(LAKE, ''));
  }

  it('cover every folder of the store that the code names', () => {
    const sources = ['activities', 'workers'].flatMap((folder) =>
      readdirSync(path(folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !/test|e2e|fake/.test(file))
        .map((file) => read(`${folder}/${file}`)),
    );
    const named = sources.flatMap((text) =>
      [...text.matchAll(/(?:[=>(,]|return) ?['`]([a-z]+)\/(?:['`]|\$\{|[a-z]+(?:\/|\.json['`]))/g)].map(
        ([, folder]) => `${String(folder)}/*`,
      ),
    );
    // Registered models have a bucket of their own, whole; docs/ stands in a comment.
    const folders = new Set(named.filter((folder) => !['registry/*', 'docs/*'].includes(folder)));
    for (const folder of ['events/*', 'lake/*', 'ledger/*', 'monitoring/*', 'notices/*', 'pipelines/*'])
      expect(folders).toContain(folder);
    const written = ['control', 'data', 'training'].flatMap((queue) => keysFor(queue, 's3:PutObject'));
    // What arrives is written by others.
    expect([...folders].filter((folder) => !written.includes(folder))).toEqual(['landing/*']);
    for (const queue of ['control', 'data', 'training'])
      expect(keysFor(queue, 's3:GetObject')).toContain('landing/*');
  });

  it('cover every call of AWS that their code makes', () => {
    const services: Record<string, string> = {
      'client-cloudwatch': 'cloudwatch',
      'client-kms': 'kms',
      'client-s3': 's3',
    };
    Object.assign(services, { 'client-sagemaker': 'sagemaker', 'client-secrets-manager': 'secretsmanager' });
    Object.assign(services, { 'client-sns': 'sns', 'client-sqs': 'sqs' });
    /** Calls that are named otherwise than the right to them. */
    const rights: Record<string, string> = {
      HeadObject: 'GetObject',
      ListObjectsV2: 'ListBucket',
      HeadBucket: 'ListBucket',
      DeleteObjects: 'DeleteObject',
      CreateMultipartUpload: 'PutObject',
      UploadPart: 'PutObject',
      CompleteMultipartUpload: 'PutObject',
      DeleteMessageBatch: 'DeleteMessage',
    };
    const calls = ['activities', 'workers'].flatMap((folder) =>
      readdirSync(path(folder), { recursive: true, encoding: 'utf8' })
        // Endpoints are made by an example alone, and cost by the hour.
        .filter((file) => file.endsWith('.ts') && !/test|e2e|fake|serving/.test(file))
        .flatMap((file) => [
          ...read(`${folder}/${file}`).matchAll(
            /\{([^{}]*)\} (?:from|= await import\() ?'@aws-sdk\/([\w-]+)'/g,
          ),
        ])
        .flatMap(([, names = '', client = '']) =>
          [...names.matchAll(/\b(\w+)Command\b/g)].map(
            ([, call = '']) => `${services[client]}:${rights[call] ?? call}`,
          ),
        ),
    );
    const granted = plan.resource_changes
      .filter(({ type, address }) => type === 'aws_iam_role_policy' && /workers\[.*\.task$/.test(address))
      .flatMap(({ change }) => {
        const { Statement } = JSON.parse(String(change.after?.['policy'])) as {
          Statement: readonly { Action: string | string[] }[];
        };
        return Statement.flatMap(({ Action }) => Action);
      });
    expect(new Set(calls).size).toBeGreaterThan(15);
    expect([...new Set(calls)].filter((call) => !granted.includes(call))).toEqual([]);
  });

  it('let those write who do: control the books, the others the work', () => {
    for (const books of ['events/*', 'notices/*', 'pipelines/*', 'sagemaker/*', 'doctor/*', 'runs/*'])
      expect(keysFor('control', 's3:PutObject')).toContain(books);
    for (const queue of ['data', 'training']) {
      for (const work of ['lake/*', 'monitoring/*', 'reports/*', 'runs/*', 'training/*', 'uploads/*'])
        expect(keysFor(queue, 's3:PutObject')).toContain(work);
      expect(keysFor(queue, 's3:PutObject')).not.toContain('ledger/*');
    }
  });

  it('let nobody delete but what is deleted by design', () => {
    expect(keysFor('control', 's3:DeleteObject')).toEqual(['doctor/*', 'ledger/*']);
    expect(keysFor('data', 's3:DeleteObject')).toEqual(['lake/*', 'training/*']);
  });
});

describe('dashboards', () => {
  it('show what workers measure and alarms watch, by the names that are told', () => {
    const grafana = read('terraform/modules/observability/grafana.json');
    const asked = new Set(
      [...grafana.matchAll(/assay_([a-z_]+?)(?:_total|_count|_bucket)?[[){]/g)].map(([, name]) => name),
    );
    expect(asked).toEqual(
      new Set(['task_seconds', 'rows', 'drift_psi', 'drift_alarms', 'gate_verdicts', 'champion_age_seconds']),
    );
    const told = ['workers/measures.ts', 'workers/champion-age.ts'].map(read).join('\n');
    for (const name of asked) expect(told).toContain(String(name));
  });
});
