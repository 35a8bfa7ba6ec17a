/** What worker processes of benchmarks and those who start them agree on. */
export const TASK_QUEUE = 'control';
export const PIPELINES = ['readiness', 'nappers', 'effects', 'wide'];
