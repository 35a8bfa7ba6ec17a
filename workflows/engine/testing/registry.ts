/** What the tests' bundle holds: the project's workflows and those that put the engine to the test. */
export * from '../../index.ts';
export * from './pipelines.ts';
export * from './waiting.ts';
export * from './pool-pipelines.ts';
export * from './telling.ts';
export * from '../../testing/training-jobs.ts';
export * from './collecting.ts';
export * from './gauntlet.ts';
