import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleWorkflows } from '../workers/bundle.ts';

const folder = new URL('./histories/', import.meta.url);
const files = readdirSync(folder).filter((file) => /\.json(\.gz)?$/.test(file));
let workflowBundle: Awaited<ReturnType<typeof bundleWorkflows>>;

beforeAll(async () => {
  const ignore = (): void => undefined;
  Runtime.install({
    logger: { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  workflowBundle = await bundleWorkflows();
});

interface RecordedHistory {
  readonly events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

function recorded(file: string): RecordedHistory {
  const bytes = readFileSync(new URL(file, folder));
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** Children are named after their parent: under another ID a history would say something else. */
function replay(history: RecordedHistory): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  return Worker.runReplayHistory({ workflowBundle }, history, workflowId);
}

describe('recorded histories', () => {
  test('are there', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)("of %s are what today's code does", async (file) => {
    await expect(replay(recorded(file))).resolves.toBeUndefined();
  });

  test('are refused once they say something else', async () => {
    const [file = ''] = files;
    const changed = recorded(file);
    for (const event of changed.events) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled !== undefined) scheduled.activityType.name = 'another.activity';
    }
    await expect(replay(changed)).rejects.toThrow(/nondeterminism/i);
  });
});
