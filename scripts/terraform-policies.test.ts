import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  policies,
  settingsInSource,
  violationsOf,
  type Plan,
  type PlannedChange,
} from './terraform-policies.mjs';

/** Production's plan, slimmed: `scripts/check-terraform.sh --record` makes it anew. */
const recorded = readFileSync(new URL('./terraform-policies/plan.json', import.meta.url), 'utf8');
const settings = await settingsInSource();

type Values = Record<string, unknown>;
interface Break {
  readonly policy: string;
  readonly how: string;
  /** Says by the breaking what the violation is about. */
  readonly about: RegExp;
  readonly break: (plan: Plan) => void;
}

const first = (plan: Plan, type: string, address = /./): PlannedChange => {
  const found = plan.resource_changes.find((change) => change.type === type && address.test(change.address));
  if (found === undefined) throw new Error(`The recorded plan has no ${type} like ${String(address)}`);
  return found;
};
const set = (type: string, values: Values, address?: RegExp) => (plan: Plan) => {
  Object.assign(first(plan, type, address).change.after ?? {}, values);
};
const remove = (type: string) => (plan: Plan) => {
  plan.resource_changes = plan.resource_changes.filter((change) => change.type !== type);
};
const unknown = (type: string, name: string) => (plan: Plan) => {
  const { change } = first(plan, type);
  change.after = { ...change.after, [name]: undefined };
  change.after_unknown = { ...change.after_unknown, [name]: true };
};
const add = (type: string, after: Values) => (plan: Plan) => {
  plan.resource_changes.push({
    address: `${type}.added`,
    mode: 'managed',
    type,
    change: { after, after_unknown: {} },
  });
};
/** Another statement in the policy of the data workers. */
const allow = (statement: Values) => (plan: Plan) => {
  const { change } = first(plan, 'aws_iam_role_policy', /workers\["data"\].*task/);
  const policy = JSON.parse(String(change.after?.['policy'])) as { Statement: Values[] };
  policy.Statement.push({ Effect: 'Allow', Resource: 'arn:aws:s3:::some', ...statement });
  Object.assign(change.after ?? {}, { policy: JSON.stringify(policy) });
};
const DATA = /workers\["data"\]/;
const CODEC = /codec_server/;
const container =
  (edit: (container: Values) => void, address = DATA) =>
  (plan: Plan) => {
    const { change } = first(plan, 'aws_ecs_task_definition', address);
    const containers = JSON.parse(String(change.after?.['container_definitions'])) as [Values];
    edit(containers[0]);
    Object.assign(change.after ?? {}, { container_definitions: JSON.stringify(containers) });
  };
const variable = (name: string, value: string, address = DATA) =>
  container((ours) => (ours['environment'] as Values[]).push({ name, value }), address);

const breaks: readonly Break[] = [
  {
    policy: 'no-wildcard-actions',
    how: 'every action of S3',
    about: /s3:\*/,
    break: allow({ Action: 's3:*' }),
  },
  { policy: 'no-wildcard-actions', how: 'every action', about: /allows \*/, break: allow({ Action: ['*'] }) },
  {
    policy: 'no-wildcard-actions',
    how: 'all but one',
    about: /NotAction/,
    break: allow({ NotAction: 'iam:PassRole' }),
  },
  {
    policy: 'no-broad-managed-policies',
    how: 'an administrator',
    about: /AdministratorAccess/,
    break: add('aws_iam_role_policy_attachment', {
      policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    }),
  },
  {
    policy: 'policies-are-known',
    how: 'a policy that the plan does not show',
    about: /policy is known only after/,
    break: unknown('aws_iam_role_policy', 'policy'),
  },
  {
    policy: 'no-public-principals',
    how: 'a queue that everyone may send to',
    about: /everyone/,
    break: set('aws_sqs_queue_policy', {
      policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage' }] }),
    }),
  },
  {
    policy: 'no-public-principals',
    how: 'a role that every account may take',
    about: /everyone/,
    break: set('aws_iam_role', {
      assume_role_policy: JSON.stringify({
        Statement: { Effect: 'Allow', Principal: { AWS: ['*'] }, Action: 'sts:AssumeRole' },
      }),
    }),
  },
  {
    policy: 'roles-pass-to-sagemaker-alone',
    how: 'a role passed to anything',
    about: /PassedToService/,
    break: allow({ Action: 'iam:PassRole', Resource: 'arn:aws:iam::123456789012:role/a' }),
  },
  {
    policy: 'roles-pass-to-sagemaker-alone',
    how: 'any role passed to SageMaker',
    about: /one role/,
    break: allow({
      Action: 'iam:PassRole',
      Resource: '*',
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }),
  },
  ...['arn:aws:s3:::assay-prod-registry-123456789012/*', 'arn:aws:s3:::assay-*', '*'].map((Resource) => ({
    policy: 'registry-is-append-only',
    how: `workers that delete in ${Resource}`,
    about: /delete in the registry/,
    break: allow({ Action: 's3:DeleteObject', Resource }),
  })),
  {
    policy: 'buckets-encrypt-with-kms',
    how: "S3's own keys",
    about: /key of KMS/,
    break: set('aws_s3_bucket_server_side_encryption_configuration', {
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'AES256' }] }],
    }),
  },
  {
    policy: 'buckets-encrypt-with-kms',
    how: 'a bucket without a word on encryption',
    about: /has no aws_s3_bucket_server_side_encryption/,
    break: remove('aws_s3_bucket_server_side_encryption_configuration'),
  },
  {
    policy: 'buckets-block-the-public',
    how: 'a bucket that takes public policies',
    about: /block_public_policy/,
    break: set('aws_s3_bucket_public_access_block', { block_public_policy: false }),
  },
  {
    policy: 'buckets-block-the-public',
    how: 'a bucket without a block',
    about: /has no aws_s3_bucket_public_access_block/,
    break: add('aws_s3_bucket', { bucket: 'assay-prod-extra' }),
  },
  {
    policy: 'buckets-keep-versions',
    how: 'suspended versions',
    about: /keeps no versions/,
    break: set('aws_s3_bucket_versioning', { versioning_configuration: [{ status: 'Suspended' }] }),
  },
  {
    policy: 'logs-end',
    how: 'logs for ever',
    about: /for ever/,
    break: set('aws_cloudwatch_log_group', { retention_in_days: 0 }),
  },
  {
    policy: 'keys-of-ours',
    how: 'a queue with a key of AWS',
    about: /kms_master_key_id/,
    break: add('aws_sqs_queue', { name: 'extra' }),
  },
  {
    policy: 'databases-encrypt',
    how: 'a database in the open',
    about: /encrypt/,
    break: set('aws_db_instance', { storage_encrypted: false }),
  },
  ...['0.0.0.0/0', '8.8.8.0/24', '10.0.0.0/7', '172.0.0.0/8'].map((cidr) => ({
    policy: 'no-public-ingress',
    how: `a way in from ${cidr}`,
    about: /not private/,
    break: set('aws_vpc_security_group_ingress_rule', { cidr_ipv4: cidr }, /balancer/),
  })),
  {
    policy: 'no-public-ingress',
    how: 'a way in for all of IPv6, in a group of the old kind',
    about: /::\/0/,
    break: add('aws_security_group', { ingress: [{ cidr_blocks: [], ipv6_cidr_blocks: ['::/0'] }] }),
  },
  {
    policy: 'nothing-has-a-public-address',
    how: 'a Web UI on the internet',
    about: /internal is not true/,
    break: set('aws_lb', { internal: false }),
  },
  {
    policy: 'nothing-has-a-public-address',
    how: 'tasks on the internet',
    about: /public addresses/,
    break: set('aws_ecs_service', { network_configuration: [{ assign_public_ip: true }] }),
  },
  {
    policy: 'balancers-speak-tls',
    how: 'a Web UI without TLS',
    about: /HTTP/,
    break: set('aws_lb_listener', { protocol: 'HTTP' }),
  },
  ...(
    [
      ['TEMPORAL_API_KEY', 'anything'],
      ['DB_PASSWORD', 'x'],
      ['ASSAY_SECRET_WEBHOOK', 'https://hooks.example.org/x'],
      ['SETTING', `-----BEGIN PRIVATE KEY-----`],
      ['SETTING', `AKIA${'A'.repeat(16)}`],
      ['SETTING', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY0'],
    ] as const
  ).map(([name, value]) => ({
    policy: 'no-plain-secrets',
    how: `${name}=${value.slice(0, 10)}… in the open`,
    about: new RegExp(name),
    break: variable(name, value),
  })),
  {
    policy: 'no-plain-secrets',
    how: 'a database whose password stands in the state',
    about: /state/,
    break: set('aws_db_instance', { password: 'x' }),
  },
  {
    policy: 'containers-are-known',
    how: 'a container that the plan does not show',
    about: /known only after/,
    break: unknown('aws_ecs_task_definition', 'container_definitions'),
  },
  {
    policy: 'settings-are-read',
    how: 'a setting that nobody reads',
    about: /ASSAY_TYPO/,
    break: variable('ASSAY_TYPO', 'x'),
  },
  {
    policy: 'settings-are-read',
    how: 'a setting of the codec server that nobody reads',
    about: /ASSAY_CODEC_TYPO/,
    break: variable('ASSAY_CODEC_TYPO', 'x', CODEC),
  },
  {
    policy: 'no-plain-secrets',
    how: "the codec server's token in the open",
    about: /ASSAY_CODEC_TOKEN/,
    break: variable('ASSAY_CODEC_TOKEN', 'x', CODEC),
  },
  {
    policy: 'workers-run-confined',
    how: 'a codec server whose root can be written',
    about: /can be written/,
    break: container((codec) => (codec['readonlyRootFilesystem'] = false), CODEC),
  },
  ...(
    [
      ['readonlyRootFilesystem', false, /can be written/],
      ['user', '0:0', /root/],
      ['privileged', true, /privileged/],
      ['stopTimeout', 30, /120/],
      ['image', 'assay:latest', /digest/],
    ] as const
  ).map(([name, value, about]) => ({
    policy: 'workers-run-confined',
    how: `a worker with ${name} ${String(value)}`,
    about,
    break: container((worker) => (worker[name] = value)),
  })),
];

describe('terraform policies', () => {
  it("find nothing in production's plan", () => {
    expect(violationsOf(JSON.parse(recorded) as Plan, settings)).toEqual([]);
  });

  it.each(breaks)('$policy objects to $how', (given) => {
    const plan = JSON.parse(recorded) as Plan;
    given.break(plan);
    const violations = violationsOf(plan, settings).filter(({ policy }) => policy === given.policy);
    expect(violations).not.toEqual([]);
    expect(violations[0]?.problem).toMatch(given.about);
  });

  it('are each broken by a test', () => {
    expect(new Set(breaks.map(({ policy }) => policy))).toEqual(new Set(Object.keys(policies)));
  });

  it('take a plan that makes nothing for one that was not judged', () => {
    expect(violationsOf({ resource_changes: [] }, settings)).toHaveLength(1);
  });
});
