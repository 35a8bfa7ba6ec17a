/** The inputs against other references than the one that is judged by. */
import type { MonitoringReport } from '../contract.ts';
import { html, type Html } from '../html.ts';
import { count, decimal } from '../numbers.ts';
import { section, table } from '../page.ts';

export function otherReferences({ columns, otherReferences: others }: MonitoringReport): Html | undefined {
  if (others.length === 0) return undefined;
  const known = new Set(others.flatMap(({ features }) => features.map(({ name }) => name)));
  const shown = columns
    .filter(({ name }) => known.has(name))
    .toSorted((one, other) => (other.psi ?? 0) - (one.psi ?? 0));
  const psiOf = ({ features }: (typeof others)[number], column: string): number | null =>
    features.find(({ name }) => name === column)?.psi ?? null;
  return section(
    'Against other references',
    html`<p>
      PSI of every input against what the verdicts go by, and against what they do not:
      ${others.map(({ name, description, rows }, place) => html`${place > 0 && '; '}${name} (${description}, ${count(rows)} rows)`)}.
      Against all rows learnt from an old mixture never goes away, and against the interval before a slow
      drift is never seen.
    </p>`,
    table(
      [
        { title: 'Column' },
        { title: 'PSI, judged', number: true },
        ...others.map(({ name }) => ({ title: `PSI, ${name}`, number: true })),
      ],
      shown.map(({ name, psi }) => [
        name,
        decimal(psi),
        ...others.map((other) => decimal(psiOf(other, name))),
      ]),
    ),
  );
}
