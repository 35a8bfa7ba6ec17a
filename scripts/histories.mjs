/**
 * Histories as the replay test wants them, with nothing in them of the machine that recorded: identities are replaced,
 * where the code of a failure stands is left out, and a history that names the machine or a folder of it all the same
 * is passed over.
 */
import { writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { cloneRoot } from './clone.mjs';
import { note } from './progress.mjs';

/** Stands in every event in place of a process and a machine. */
const IDENTITY = 'recorder';
/** Bytes of a file: of each kind the longest history that is no longer. */
const LARGEST = 100_000;
/** Ends that have other code behind them. */
const ENDS = { FAILED: '-failed', CANCELLED: '-cancelled' };

/**
 * The longest history of each kind: `<workflow>`, `<workflow>-failed`, `<workflow>-cancelled`, `<workflow>-answered`
 * where a person was asked and has answered, and `training-on-sagemaker`.
 * @returns {Promise<Map<string, Buffer>>} compressed JSON, by kind
 */
export async function longestHistories(address) {
  const { Client, Connection } = await import('@temporalio/client');
  const { historyToJSON } = await import('@temporalio/common/lib/proto-utils.js');
  const client = new Client({ connection: await Connection.connect({ address }) });
  const longest = new Map();
  for await (const { type, workflowId, runId, status } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = scrubbed(historyToJSON(history));
    if (tellsOfMachine(events) !== undefined) continue;
    const compressed = gzipSync(JSON.stringify(events), { level: 9 });
    const kind = `${type}${ENDS[status.name] ?? variantOf(type, events)}`;
    const before = longest.get(kind)?.length ?? 0;
    if (compressed.length <= LARGEST && compressed.length > before) longest.set(kind, compressed);
  }
  await client.connection.close();
  return longest;
}

/** For scripts/record-test-histories.mjs, which names a folder: into files `<kind>.json.gz` there. */
export async function keepHistories(address, folder = process.env.ASSAY_KEEP_HISTORIES) {
  if (folder === undefined) return;
  for (const [kind, compressed] of await longestHistories(address)) {
    await writeFile(join(folder, `${kind}.json.gz`), compressed);
  }
}

/** Where those of the project stand, by the version that recorded them. */
export async function saveHistory(version, kind, compressed) {
  const file = `${version}-${kind}.json.gz`;
  await writeFile(new URL(`../workflows/histories/${file}`, import.meta.url), compressed);
  note(`recorded ${file}, ${compressed.length} bytes`);
}

function variantOf(type, { events }) {
  const updates = events.map(({ workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted);
  if (updates.some((accepted) => accepted?.acceptedRequest?.input?.name === 'answer')) return '-answered';
  const activities = events.map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled);
  const isElsewhere = activities.some((scheduled) => scheduled?.activityType?.name === 'jobs.start');
  return type === 'training' && isElsewhere ? '-on-sagemaker' : '';
}

function scrubbed(json) {
  const own = (key, value) =>
    key.toLowerCase().endsWith('identity') || (typeof value === 'string' && value.includes(`@${hostname()}`));
  return JSON.parse(json, (key, value) => {
    // Where the code of a failure stands is the machine's, and no part of what a replay looks at.
    if (key === 'stackTrace') return '';
    return own(key, value) ? IDENTITY : value;
  });
}

/** @returns {string | undefined} what names this machine or a place on it, in the history or in a payload of it */
function tellsOfMachine(history) {
  const text = JSON.stringify(history);
  const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data]) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  return [`@${hostname()}`, tmpdir(), homedir(), cloneRoot].find(
    (name) => text.includes(name) || payloads.some((payload) => payload.includes(name)),
  );
}
