/** Two reports of the demo: what has to be the same wherever data lie and whoever trains, and a table of both. */

/** Of a run, not of what it came to. */
const OF_THE_RUN = new Set(['store', 'temporal', 'seconds', 'at', 'reports']);

/** Each as `path: this, there that`; figures have to be equal to the last bit. */
export function differences(here, there) {
  return [...unlike(stable(here), stable(there), '')];
}

/** @returns lines of a table: a month, its rows, who scored it, what was decided */
export function monthsSideBySide(here, there) {
  const rows = here.months.map((month, at) => rowOf(month, there.months[at]));
  const head = ['month', 'scored by', 'digest here', 'digest there', 'decision', 'seconds here', 'there'];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rowOf(month, other) {
  return [
    month.interval.start.slice(0, 7),
    month.champion === undefined ? '–' : `v${month.champion.version}`,
    month.champion?.digest.slice(0, 16) ?? '–',
    other?.champion?.digest.slice(0, 16) ?? '–',
    month.decision ?? '–',
    month.seconds.toFixed(1),
    other?.seconds.toFixed(1) ?? '–',
  ];
}

/** Reports lie in different stores: their names below it are compared. */
function stable(report) {
  return { ...report, reportNames: report.reports.map((uri) => uri.slice(report.store.length)) };
}

function* unlike(here, there, path) {
  if (typeof here === 'object' && here !== null && typeof there === 'object' && there !== null) {
    for (const key of new Set([...Object.keys(here), ...Object.keys(there)])) {
      if (!OF_THE_RUN.has(key)) yield* unlike(here[key], there[key], path === '' ? key : `${path}.${key}`);
    }
  } else if (!Object.is(here, there)) {
    yield `${path}: ${JSON.stringify(here)}, there ${JSON.stringify(there)}`;
  }
}
