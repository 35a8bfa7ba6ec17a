/** Every gate with what was found, the bound, and why. */
import type { GateResult, Verdict } from '../../../workflows/domain/gates.ts';
import type { TrainingReport } from '../contract.ts';
import { html, type Content, type Html } from '../html.ts';
import { change, count, decimal } from '../numbers.ts';
import { section, table, tag, type Mood } from '../page.ts';

const MOODS: Readonly<Record<Verdict, Mood>> = { pass: 'ok', hold: 'warn', fail: 'alarm' };
const DIGEST = /\b([0-9a-f]{12})[0-9a-f]{28,}\b/g;

export function gateSection({ gate }: TrainingReport): Html {
  const state = gate.recorded
    ? 'This verdict stands in the registry’s log.'
    : 'The registry’s log has no verdict yet: this is what the gate says of this evaluation.';
  return section(
    'The gate',
    html`<p>
      A model is promoted only if nothing here fails. What was not measured does not pass. ${state}
    </p>`,
    table(
      [
        { title: 'Gate' },
        { title: 'Verdict' },
        { title: 'Found', number: true },
        { title: 'Bound' },
        { title: 'Why' },
      ],
      gate.results.map((result) => [
        result.gate,
        tag(MOODS[result.verdict], result.verdict),
        found(result),
        shortened(result.bound),
        result.reason,
      ]),
      { words: true },
    ),
    gate.superiority &&
      html`<p class="facts">
        Better than the champion, not only no worse: ${gate.superiority.superior ? 'yes' : 'not shown'} (lower
        bound of the difference, one-sided 95 %: ${change(gate.superiority.lowerBound, 4)}).
      </p>`,
  );
}

function found({ value }: GateResult): Content {
  if (typeof value === 'string') return shortened(value);
  return Number.isInteger(value) ? count(value) : decimal(value, 4);
}

/** The whole digest stands under lineage. */
function shortened(text: string): string {
  return text.replace(DIGEST, '$1…').replaceAll(/(?<![\w.])-(?=\d)/g, '−');
}
