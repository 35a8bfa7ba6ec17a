/**
 * A download that is tried again by what went wrong: a rate limit after its own pause, a refusal never.
 *
 *   $ assay runs trigger retryPolicy --watch
 *   $ assay runs trigger retryPolicy --params '{"url":"https://example.org/secret"}' --watch
 */
import { z } from 'zod';
import { activities } from '../../workflows/engine/activities.ts';
import { pipeline } from '../../workflows/engine/pipeline.ts';
import { QUICK } from '../../workflows/engine/profiles.ts';
import type { DownloadActivities } from './retry-policy.activities.ts';

const download = activities<DownloadActivities>('download', QUICK);

export const retryPolicy = pipeline(
  {
    name: 'retryPolicy',
    description: 'a download that is tried again by what went wrong',
    params: () => z.object({ url: z.url().default('https://example.org/busy') }),
    tags: ['example'],
  },
  (run) => {
    const retries = {
      attempts: 4,
      delay: '50ms',
      backoff: 2,
      maxDelay: '1m',
      jitter: 0.2,
      // Looked for along the whole chain of causes; the first rule that fits decides.
      on: [
        { error: 'RateLimited', delay: '200ms' },
        { error: 'AccessDenied', fail: true },
      ],
    } as const;
    const { url } = run.params;
    const file = run.task('fetch', { retries }, ({ key }) => download.fetch({ url, key }));
    run.task('told', { after: [file], when: 'all_done' }, (outcome) =>
      outcome.state === 'failed' ? `gave up: ${outcome.error.type}` : 'fetched',
    );
    return file;
  },
);
