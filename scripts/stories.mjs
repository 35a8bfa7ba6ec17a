/**
 * `node scripts/stories.mjs [--seeds 12] [--from 1]`: the generated story told once for each seed, up to the month in
 * which the governor may retrain, and how often it went as it should. A minute or more for each; not one of the tests.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { withFolder } from './with-folder.mjs';

const ASSAY = fileURLToPath(new URL('../bin/assay', import.meta.url));
/** April to July: drift from May on, the first drifted month matured and another to judge on at the end of July's feed. */
const MONTHS = 4;

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '12' }, from: { type: 'string', default: '1' } },
});
const [count, from] = [Number(values.seeds), Number(values.from)];
const told = [];
for (let seed = from; seed < from + count; seed += 1) {
  const story = summaryOf(await tell(seed));
  told.push(story);
  console.log(`seed ${seed}: ${sentenceOf(story)}`);
}
const times = (is) => `${told.filter(is).length} of ${told.length}`;
const gains = told.flatMap(({ difference }) => (difference ? [difference.value] : []));
console.log(`waited for labels first:      ${times(({ waited }) => waited)}`);
console.log(`one retraining on the drift:  ${times(({ retrainings }) => retrainings === 1)}`);
console.log(`the gate passed it:           ${times(({ verdict }) => verdict === 'pass')}`);
console.log(`promoted by itself:           ${times(({ promoted }) => promoted)}`);
console.log(`better beyond chance:         ${times(({ difference }) => (difference?.low ?? -1) > 0)}`);
console.log(
  `mean gain in AUC:             ${(gains.reduce((sum, gain) => sum + gain, 0) / gains.length).toFixed(4)}`,
);

function tell(seed) {
  return withFolder('story', async (store) => {
    const args = [ASSAY, '--store', store, 'demo', '--seed', seed, '--batches', MONTHS, '--json'].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  });
}

/** The first challenger is the first champion; any other one answers the drift. */
function summaryOf({ months }) {
  const trained = months.filter(({ challenger }) => challenger !== undefined);
  const [, answer] = trained;
  const { verdict, promoted = false, difference } = answer?.challenger ?? {};
  const before = months.slice(2, answer ? months.indexOf(answer) : months.length);
  return {
    waited: before.length > 0 && before.every(({ decision }) => decision === 'wait-for-labels'),
    retrainings: trained.length - 1,
    verdict,
    promoted,
    difference,
  };
}

function sentenceOf({ waited, retrainings, verdict, promoted, difference }) {
  const gain = difference
    ? `AUC ${difference.value.toFixed(4)} (${difference.low.toFixed(4)} to ${difference.high.toFixed(4)})`
    : 'no difference known';
  const wait = waited ? 'waited' : 'did not wait';
  return `${wait}, ${retrainings} retrained, gate ${verdict ?? '-'}, ${gain}${promoted ? ', promoted' : ''}`;
}
