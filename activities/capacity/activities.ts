/** The queues' load, looked at and published. */
import type { Client } from '@temporalio/client';

import type { CapacityActivities, Figure, FigureSink, QueueLoad } from './contract.ts';
import { queueLoad } from './queue-load.ts';

export interface CapacityPorts {
  readonly client: Client;
  readonly sink: FigureSink;
  /** By the names that people call them; the values are Temporal's. */
  readonly taskQueues: Readonly<Record<string, string>>;
}

export function createCapacityActivities({ client, sink, taskQueues }: CapacityPorts): CapacityActivities {
  return {
    async publish() {
      const queues = Object.entries(taskQueues);
      const loads = await Promise.all(queues.map(([queue, name]) => queueLoad(client, queue, name)));
      await sink.put(loads.flatMap(figuresOf));
      return loads;
    },
  };
}

function figuresOf({ queue, backlog, backlogAge, slots, slotsUsed }: QueueLoad): Figure[] {
  return [
    { name: 'Backlog', unit: 'Count', values: [backlog], queue },
    { name: 'BacklogAge', unit: 'Seconds', values: [backlogAge], queue },
    { name: 'Slots', unit: 'Count', values: [slots], queue },
    { name: 'SlotsUsed', unit: 'Count', values: [slotsUsed], queue },
  ];
}
