/**
 * What must hold for every plan of Terraform, read from its JSON (`terraform show -json`). Fails closed: a policy
 * that the plan does not show yet cannot be judged, and that is a violation.
 *
 *   node scripts/terraform-policies.mjs plan.json…          exit 1 and a line for each violation
 *   node scripts/terraform-policies.mjs --slim plan.json    the same plan with what policies read, for their tests
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { accessPolicies } from './terraform-policies/access.mjs';
import { exposurePolicies } from './terraform-policies/exposure.mjs';
import { storagePolicies } from './terraform-policies/storage.mjs';
import { settingsPolicies } from './terraform-policies/settings.mjs';

const JUDGED =
  /^aws_(iam_role|iam_role_policy|kms_key|s3_bucket.*|sqs_queue|sqs_queue_policy|sns_topic|sns_topic_policy|cloudwatch_log_group|secretsmanager_secret|db_instance|vpc_security_group_ingress_rule|default_security_group|subnet|lb|lb_listener|ecs_task_definition|ecs_service|ssm_parameter)$/;

export const policies = { ...accessPolicies, ...storagePolicies, ...exposurePolicies, ...settingsPolicies };

/** `[{ policy, address, problem }]` of a plan; `settings` are the variables that workers read. */
export function violationsOf(plan, settings) {
  const resources = resourcesOf(plan);
  if (resources.length === 0)
    return [{ policy: 'a-plan', address: '-', problem: 'the plan makes nothing: nothing was judged' }];
  return Object.entries(policies).flatMap(([policy, judge]) =>
    judge(resources, settings).map(({ address, problem }) => ({ policy, address, problem })),
  );
}

/** What will stand: `{ address, type, values, unknown }`; `unknown` mirrors `values` where a value is not known yet. */
function resourcesOf(plan) {
  return (plan.resource_changes ?? [])
    .filter(({ mode, change }) => mode === 'managed' && change.after !== null)
    .map(({ address, type, change }) => ({
      address,
      type,
      values: change.after,
      unknown: change.after_unknown ?? {},
    }));
}

/** Names that `workers/env.ts` and Temporal's own configuration read. */
export async function settingsInSource() {
  const source = await readFile(new URL('../workers/env.ts', import.meta.url), 'utf8');
  return new Set(source.match(/\b(?:ASSAY|AWS|TEMPORAL|OTEL|NODE)_[A-Z0-9_]+\b/g));
}

/** A plan small enough for the tests: without what is empty or false, and without kinds that no policy looks at. */
function slim(plan) {
  const resource_changes = plan.resource_changes
    .filter(({ type }) => JUDGED.test(type))
    .map(({ address, mode, type, change: { after, after_unknown } }) => ({
      address,
      mode,
      type,
      change: { after: filled(after, null, ''), after_unknown: filled(after_unknown, false) },
    }));
  return { resource_changes };
}

/** Without members that are empty or one of these values. */
function filled(value, ...empty) {
  if (Array.isArray(value)) return value.map((item) => filled(item, ...empty));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [name, filled(member, ...empty)]);
  return Object.fromEntries(
    members.filter(
      ([, member]) => !empty.includes(member) && !/^(\[\]|\{\}|\[\{\}\])$/.test(JSON.stringify(member)),
    ),
  );
}

async function main(files) {
  const settings = await settingsInSource();
  let found = 0;
  for (const file of files) {
    const plan = JSON.parse(await readFile(file, 'utf8'));
    for (const { policy, address, problem } of violationsOf(plan, settings)) {
      found += 1;
      console.log(`${policy}: ${address}: ${problem}`);
    }
  }
  console.log(`${Object.keys(policies).length} policies over ${files.length} plans: ${found} violations`);
  return found === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = process.argv.slice(2);
  if (files[0] === '--slim') console.log(JSON.stringify(slim(JSON.parse(await readFile(files[1], 'utf8')))));
  else if (files.length === 0) {
    console.error('usage: node scripts/terraform-policies.mjs plan.json…');
    process.exitCode = 2;
  } else process.exitCode = await main(files);
}
