/** Workflows for the tests of run commands: a relay of three tasks whose steps the test itself decides on. */
import { z } from 'zod';

import { activities } from '../../../workflows/engine/activities.ts';
import { pipeline } from '../../../workflows/engine/pipeline.ts';
import { QUERY } from '../../../workflows/engine/profiles.ts';

export { sweeper } from '../../../workflows/sweeper.ts';

export interface StepInput {
  readonly task: string;
  readonly try: number;
  readonly key: string;
  readonly scenario: string;
}

export interface RelayActivities {
  step(input: StepInput): Promise<string>;
}

const work = activities<RelayActivities>('relay', { ...QUERY, queue: 'control' });

export const relay = pipeline(
  { name: 'relay', params: () => z.object({ scenario: z.string(), rows: z.int().min(1).default(10) }) },
  async (run) => {
    const { scenario } = run.params;
    const bronze = run.task('bronze', ({ name, try: tries, key }) =>
      work.step({ task: name, try: tries, key, scenario }),
    );
    const silver = run.task(
      'silver',
      { after: [bronze], retries: { attempts: 2, on: [{ error: 'Flaky', delay: '10ms' }] } },
      (_bronze, { name, try: tries, key }) => work.step({ task: name, try: tries, key, scenario }),
    );
    return run.task('gold', { after: [silver] }, (_silver, { name, try: tries, key }) =>
      work.step({ task: name, try: tries, key, scenario }),
    );
  },
);

/** Whose failures wait for somebody to decide. */
export const heldRelay = pipeline(
  { name: 'heldRelay', onFailure: 'hold', params: () => z.object({ scenario: z.string() }) },
  async (run) => {
    const { scenario } = run.params;
    const silver = run.task('silver', ({ name, try: tries, key }) =>
      work.step({ task: name, try: tries, key, scenario }),
    );
    return run.task('gold', { after: [silver] }, () => 'gold');
  },
);

/** So long that it goes on in new histories. */
export const marathon = pipeline(
  { name: 'marathon', params: () => z.object({ scenario: z.string() }), continueAfterEvents: 30 },
  async (run) => {
    let last = '';
    for (let lap = 1; lap <= 9; lap += 1) {
      last = await run.task(`lap-${lap}`, ({ name, try: tries, key }) =>
        work.step({ task: name, try: tries, key, scenario: run.params.scenario }),
      );
    }
    return last;
  },
);
