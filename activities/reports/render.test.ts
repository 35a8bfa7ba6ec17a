import { describe, expect, test } from 'vitest';
import { renderComparison } from './comparison/render.ts';
import type { ColumnReport } from './contract.ts';
import { renderMonitoring } from './monitoring/render.ts';
import { comparisonExample } from './testing/comparison.ts';
import { monitoringExample } from './testing/monitoring-report.ts';
import { HOSTILE, trainingExample } from './testing/training-report.ts';
import { renderTraining } from './training/render.ts';

const PAGES = [
  { name: 'training', example: trainingExample, render: () => renderTraining(trainingExample()) },
  { name: 'monitoring', example: monitoringExample, render: () => renderMonitoring(monitoringExample()) },
  { name: 'comparison', example: compared, render: () => renderComparison(comparisonExample()) },
];
const HOSTILE_PAGES = [
  { name: 'training', page: () => renderTraining(trainingExample({ hostile: true })) },
  { name: 'monitoring', page: () => renderMonitoring(monitoringExample({ hostile: true })) },
  { name: 'comparison', page: () => renderComparison(comparisonExample({ hostile: true })) },
];

/** What the page says of a comparison: counts instead of shares, and no measure that only decides. */
function compared() {
  const { comparison, ...named } = comparisonExample();
  const { reference, current, extraColumns } = comparison;
  const columns = comparison.columns.map(
    ({ name, psi, psiCritical, jensenShannon, missing, quality, bins }) => ({
      name,
      psi,
      psiCritical,
      jensenShannon,
      missing,
      reasons: quality.reasons,
      bins: bins.map(({ label, counts }) => ({ label, counts })),
    }),
  );
  return { ...named, rows: [reference.rows, current.rows], columns, extraColumns };
}

describe.each(PAGES)('the $name page', ({ example, render }) => {
  test('shows every number of its document, with the unrounded one for programs', () => {
    const shown = new Set(
      [...render().matchAll(/<data value="([^"]*)">/g)].map(([, value]) => Number(value)),
    );
    const absent = numbersOf(example()).filter(([, value]) => !shown.has(value));
    expect(absent).toEqual([]);
  });

  test('shows every text of its document', () => {
    const page = render();
    const absent = textsOf(example()).filter(
      ([path, text]) => !IN_OTHER_WORDS.test(path) && !page.includes(escaped(text)),
    );
    expect(absent).toEqual([]);
  });

  test('is the same to the byte whenever it is drawn', () => {
    expect(render()).toBe(render());
  });

  test('needs nothing but itself', () => {
    const page = render().replaceAll('xmlns="http://www.w3.org/2000/svg"', '');
    expect(page).not.toMatch(/https?:|\/\/|<script|<link|@import|url\((?!#)/i);
  });

  test('names every picture, and no two elements alike', () => {
    const page = render();
    const pictures = page.match(/<svg\b[^>]*>\s*<[^>]*>/g) ?? [];
    expect(pictures.length).toBeGreaterThanOrEqual(3);
    for (const picture of pictures) expect(picture).toMatch(/role="img".*<title>/s);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('closes what it opens', () => {
    const open: string[] = [];
    const crossed: string[] = [];
    for (const [tag, slash, name = '', rest] of render().matchAll(/<(\/?)([a-z][a-zA-Z0-9]*)([^>]*)>/g)) {
      if (rest?.endsWith('/') || VOID.has(name)) continue;
      if (!slash) open.push(name);
      else if (open.pop() !== name) crossed.push(tag);
    }
    expect([...crossed, ...open]).toEqual([]);
  });

  test('gives every row of a table as many cells as it has headings', () => {
    const tables = render().match(/<table[\s\S]*?<\/table>/g) ?? [];
    expect(tables.length).toBeGreaterThan(5);
    const widthsOf = (table: string): number[] =>
      table
        .split('<tr')
        .slice(1)
        .map((row) => (row.match(/<t[hd]\b/g) ?? []).length);
    expect(tables.filter((table) => new Set(widthsOf(table)).size !== 1)).toEqual([]);
  });
});

describe.each(HOSTILE_PAGES)('the $name page of hostile names', ({ page }) => {
  test('shows them as the text that they are', () => {
    const text = page();
    expect(text).toContain(escaped(HOSTILE));
    expect(text).not.toMatch(/<script|<img/);
  });
});

const VOID = new Set(['meta', 'br', 'img', 'link']);

/** Said in other words on the page: formats, kinds, times, and digests that are shortened in the gate. */
const IN_OTHER_WORDS =
  /format$|verdict$|(page|intercept)\.interval$|decision\.decision$|(start|end|asOf|registeredAt|possibleFrom)$|intervals\.\d+$|Digest$|gate\.results.*(value|bound)$|method$|model\.digest$/;

type Found<T> = [path: string, value: T];

function numbersOf(document: unknown): Found<number>[] {
  return leavesOf(document).filter((leaf): leaf is Found<number> => typeof leaf[1] === 'number');
}

function textsOf(document: unknown): Found<string>[] {
  return leavesOf(document).filter((leaf): leaf is Found<string> => typeof leaf[1] === 'string');
}

function leavesOf(value: unknown, path = ''): Found<unknown>[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, child]) =>
    leavesOf(child, path === '' ? name : `${path}.${name}`),
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

describe('the first month of a model', () => {
  test('has no picture of what is not known yet', () => {
    const { performance: _known, ...report } = monitoringExample();
    const [{ eventRate: _rate, auc: _auc, calibration: _ratio, ...month }] = report.history as [
      (typeof report.history)[number],
    ];
    const page = renderMonitoring({ ...report, history: [month] });
    expect(page).toContain('AUC and calibration follow when the outcomes of an interval are known.');
    expect(page).toContain('The outcomes of no interval are known yet.');
    expect(page).not.toContain('<title>AUC by interval');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the inputs of a monitoring page', () => {
  const report = monitoringExample();
  const [column, ...others] = report.columns as [ColumnReport, ...ColumnReport[]];
  const edges = [
    '≤ 0.104237',
    'above 0.104237, ≤ 0.139912',
    '> 0.139912',
    'above 27170698.8, ≤ 43368336',
    'ObstetricsAndGynecology',
  ];
  const bins = edges.map((label) => ({ label, reference: 999, current: 1_000 }));

  test('are drawn with the edges of their bins in short, and listed with the whole ones', () => {
    const page = renderMonitoring({ ...report, columns: [{ ...column, bins }, ...others] });
    for (const short of ['≤ 0.104', '0.104 to 0.14', '&gt; 0.14', '27.2M to 43.4M', 'ObstetricsAndGyn…']) {
      expect(page).toMatch(new RegExp(`<text[^>]*>${short}</text>`));
    }
    for (const { label } of bins) expect(page).toContain(`<th scope="row">${escaped(label)}</th>`);
  });

  test('say why they are not judged, or no drift in spite of their PSI, and nothing else', () => {
    const judged = (change: Partial<ColumnReport>) =>
      renderMonitoring({ ...report, columns: [{ ...column, ...change, reason: 'BECAUSE' }, ...others] });
    expect(judged({ verdict: 'insufficient_data' })).toContain('BECAUSE');
    expect(judged({ verdict: 'ok', psi: 0.3 })).toContain('BECAUSE');
    expect(judged({ verdict: 'ok', psi: 0.01 })).not.toContain('BECAUSE');
    expect(judged({ verdict: 'alarm', psi: 0.3 })).not.toContain('BECAUSE');
  });
});

describe('figures for readers who do not meet them every day', () => {
  test('are explained on the page itself', () => {
    const [training, monitoring] = [renderTraining(trainingExample()), renderMonitoring(monitoringExample())];
    for (const term of ['AUC', 'Gini', 'PR-AUC', 'Brier score', 'Log loss', 'Calibration error (ECE)', 'p95'])
      expect(training).toContain(`<dt>${term}</dt>`);
    for (const term of ['PSI', 'Reference', 'AUC', 'Gini']) expect(monitoring).toContain(`<dt>${term}</dt>`);
  });
});

describe('a rolling window', () => {
  test('is named with its intervals', () => {
    const report = monitoringExample();
    const intervals = ['2025-05-01T00:00:00Z', '2025-06-01T00:00:00Z'];
    const page = renderMonitoring({ ...report, current: { ...report.current, intervals } });
    expect(page).toMatch(/intervals 2025-05-01, 2025-06-01\s+together/);
    expect(renderMonitoring(report)).not.toContain('together, scores');
  });
});
