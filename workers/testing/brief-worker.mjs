/**
 * A worker process as `workers/run.js` is one, whose project is trained briefly: a few small trials,
 * and a gate that hangs neither on a lucky split of few rows nor on how busy the machine is.
 */
import { readmission } from '../../dist/pipelines/readmission/project.js';
import { readEnv } from '../../dist/workers/env.js';
import { serve } from '../../dist/workers/serve.js';
import { createServices } from '../../dist/workers/services.js';

const { training, gate } = readmission;
const { boosted, forest, linear } = training.families;
const brief = {
  ...readmission,
  training: {
    ...training,
    everyIntervals: 1,
    families: {
      boosted: { ...boosted, trials: 4, rounds: 60 },
      forest: { ...forest, trials: 1 },
      linear: { ...linear, trials: 1 },
    },
  },
  gate: {
    ...gate,
    floors: { auc: 0.5, prAucOverEventRate: 1 },
    calibration: { ...gate.calibration, min: 0.5, max: 2 },
    maxLatencyMs: 60_000,
  },
};

const queues = process.argv[process.argv.indexOf('--queues') + 1].split(',');
await serve(queues, { ...createServices(readEnv()), projects: { [brief.name]: brief } });
