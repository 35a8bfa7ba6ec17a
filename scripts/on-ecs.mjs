/**
 * Runs a command of assay inside an environment on AWS, as a task of its own: with the network, the rights and the
 * secrets of the control workers, which is where Temporal can be reached from.
 *
 *   node scripts/on-ecs.mjs assay-prod runs list --state failed
 *   node scripts/on-ecs.mjs assay-prod --as data tables vacuum
 *
 * `--as` takes the rights and the size of another queue's workers: control deletes no data.
 * Prints what the command printed; the exit code is the command's, or 2 where it could not be run. Needs the AWS CLI.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { run } from './command.mjs';
import { note } from './progress.mjs';

/** Logs arrive some seconds after what they tell. */
const LOGS_WITHIN_MS = Number(process.env.LOGS_WITHIN_MS ?? 20_000);
const BROKEN = 2;

/** @returns `{ code, out }` of the command */
export async function runOnEcs(name, args, queue = 'control') {
  const service = await newestService(name, queue);
  const overrides = { containerOverrides: [{ name: 'worker', command: ['/assay/bin/assay', ...args] }] };
  const { tasks = [], failures = [] } = await aws('ecs', 'run-task', {
    cluster: name,
    'launch-type': 'FARGATE',
    'task-definition': service.taskDefinition,
    'network-configuration': JSON.stringify(service.networkConfiguration),
    overrides: JSON.stringify(overrides),
  });
  const [task] = tasks;
  if (task === undefined)
    throw new Error(`ECS did not start it: ${failures.map(({ reason }) => reason).join('; ')}`);
  await aws('ecs', 'wait', 'tasks-stopped', { cluster: name, tasks: task.taskArn });
  const ended = await aws('ecs', 'describe-tasks', { cluster: name, tasks: task.taskArn });
  const container = ended.tasks[0].containers.find((each) => each.name === 'worker');
  if (container?.exitCode === undefined)
    throw new Error(`The task ended before the command: ${ended.tasks[0].stoppedReason}`);
  return {
    code: container.exitCode,
    out: await logOf(`/${name}/workers/${queue}`, service.taskDefinition, task.taskArn),
  };
}

/** The newest of the queue's services: one for each version that runs. */
async function newestService(name, queue) {
  const { serviceArns } = await aws('ecs', 'list-services', { cluster: name });
  const ours = serviceArns.filter((arn) => arn.includes(`/${name}-${queue}-`));
  if (ours.length === 0) throw new Error(`The cluster ${name} has no ${queue} workers.`);
  const { services } = await aws('ecs', 'describe-services', { cluster: name, services: ours });
  return services.toSorted((a, b) => (String(a.createdAt) < String(b.createdAt) ? 1 : -1))[0];
}

async function logOf(group, taskDefinition, taskArn) {
  const { taskDefinition: defined } = await aws('ecs', 'describe-task-definition', {
    'task-definition': taskDefinition,
  });
  const prefix = defined.containerDefinitions[0].logConfiguration.options['awslogs-stream-prefix'];
  const stream = {
    'log-group-name': group,
    'log-stream-name': `${prefix}/worker/${taskArn.split('/').at(-1)}`,
  };
  for (const deadline = Date.now() + LOGS_WITHIN_MS; ; await sleep(1_000)) {
    const { events = [] } = await aws('logs', 'get-log-events', { ...stream, 'start-from-head': true }).catch(
      () => ({}),
    );
    if (events.length > 0 || Date.now() >= deadline) return events.map(({ message }) => message).join('\n');
  }
}

/** The last argument has the options; a list is several words, `true` a word alone. */
async function aws(...words) {
  const options = Object.entries(words.pop()).flatMap(([option, value]) =>
    value === true ? [`--${option}`] : [`--${option}`, ...(Array.isArray(value) ? value : [value])],
  );
  const out = await run('aws', [...words, ...options, '--output', 'json']);
  return out.trim() === '' ? {} : JSON.parse(out);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name, ...rest] = process.argv.slice(2);
  const [queue, args] = rest[0] === '--as' ? [rest[1], rest.slice(2)] : ['control', rest];
  try {
    if (name === undefined || args.length === 0)
      throw new Error('usage: node scripts/on-ecs.mjs ENVIRONMENT COMMAND…, such as assay-prod runs list');
    const { code, out } = await runOnEcs(name, args, queue);
    if (out !== '') console.log(out);
    process.exitCode = code;
  } catch (error) {
    note(error.message);
    process.exitCode = BROKEN;
  }
}
