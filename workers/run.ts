/** One worker process: `node workers/run.js --queues control` serves the queues it names until SIGTERM. */
import { parseArgs } from 'node:util';

import type { Queue } from '../temporal.config.ts';
import { readEnv } from './env.ts';
import { serve } from './serve.ts';
import { createServices } from './services.ts';

const QUEUES: readonly Queue[] = ['control', 'data', 'training'];

const { values } = parseArgs({ options: { queues: { type: 'string' } } });
await serve(queuesOf(values.queues ?? QUEUES.join(',')), createServices(readEnv()));

/** @throws Error naming what is no queue */
function queuesOf(text: string): Queue[] {
  const asked = text.split(',');
  const unknown = asked.filter((name) => !QUEUES.includes(name as Queue));
  if (unknown.length > 0)
    throw new Error(`No such queue: ${unknown.join(', ')}. There are ${QUEUES.join(', ')}.`);
  return asked as Queue[];
}
