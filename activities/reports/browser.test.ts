import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { renderComparison } from './comparison/render.ts';
import { renderMonitoring } from './monitoring/render.ts';
import { comparisonExample } from './testing/comparison.ts';
import { monitoringExample } from './testing/monitoring-report.ts';
import { trainingExample } from './testing/training-report.ts';
import { renderTraining } from './training/render.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../.assay/screenshots/', import.meta.url));
const PAGES = {
  training: renderTraining(trainingExample()),
  monitoring: renderMonitoring(monitoringExample()),
  'training-hostile': renderTraining(trainingExample({ hostile: true })),
  'monitoring-hostile': renderMonitoring(monitoringExample({ hostile: true })),
  comparison: renderComparison(comparisonExample()),
  'comparison-hostile': renderComparison(comparisonExample({ hostile: true })),
};
const NAMES = Object.keys(PAGES) as (keyof typeof PAGES)[];
/** Smaller letters are not read. */
const SMALLEST_LETTERS = 9.5;

const executablePath = (await findChromium())?.path;
const NO_CHROMIUM = 'there is no chromium on PATH (Debian: apt-get install chromium)';

describe('reports in Chromium', () => {
  beforeEach((context) => context.skip(executablePath === undefined, NO_CHROMIUM));

  let browser: Browser | undefined;
  let folder = '';

  beforeAll(async () => {
    if (executablePath === undefined) return;
    folder = await temporaryFolder('reports');
    await mkdir(SCREENSHOTS, { recursive: true });
    for (const name of NAMES) await writeFile(join(folder, `${name}.html`), PAGES[name]);
    // Its sandbox does not start where everything runs as root, and the pages are our own.
    const args = ['--no-sandbox'];
    browser = await chromium.launch({ args, executablePath });
  });

  afterAll(async () => {
    await browser?.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  /** Opens a page, with everything that goes wrong in it. */
  async function open(
    name: keyof typeof PAGES,
    options: { width: number; colorScheme?: 'light' | 'dark' },
  ): Promise<{ page: Page; troubles: string[] }> {
    const { width, colorScheme = 'light' } = options;
    const page = await browser!.newPage({ viewport: { width, height: 900 }, colorScheme });
    const troubles: string[] = [];
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    page.on('console', (message) => troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('requestfailed', (request) => troubles.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      if (request.url() !== address) troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(address);
    return { page, troubles };
  }

  test.each(NAMES)('%s loads nothing else, and no script of it fails or runs', async (name) => {
    const { page, troubles } = await open(name, { width: 1400 });
    expect(await page.title()).toMatch(/report: (readmission|september)|^Drift report/);
    expect(troubles).toEqual([]);
    await page.close();
  });

  test.each(NAMES.flatMap((name) => [400, 1400].map((width) => ({ name, width }))))(
    '$name can be read at $width pixels without scrolling sideways',
    async ({ name, width }) => {
      const { page } = await open(name, { width });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}.png`), fullPage: true });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await page.evaluate(SMALLEST)).toBeGreaterThanOrEqual(SMALLEST_LETTERS);
      await page.close();
    },
  );

  test.each(['training', 'monitoring'] as const)('%s is dark where the reader’s screen is', async (name) => {
    const { page } = await open(name, { width: 1400, colorScheme: 'dark' });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-dark.png`), fullPage: true });
    const { paper, ink, line } = await page.evaluate<Record<'paper' | 'ink' | 'line', number>>(LIGHTNESS);
    expect(paper).toBeLessThan(60);
    expect(ink).toBeGreaterThan(200);
    expect(line).toBeGreaterThan(140);
    await page.close();
  });

  test.each(['training', 'monitoring'] as const)('%s prints on white paper', async (name) => {
    const { page } = await open(name, { width: 1400, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const { paper, ink } = await page.evaluate<Record<'paper' | 'ink', number>>(LIGHTNESS);
    expect(paper).toBe(255);
    expect(ink).toBe(0);
    const pdf = await page.pdf({ format: 'A4', path: join(SCREENSHOTS, `${name}.pdf`) });
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.close();
  });
});

/** Of all texts that are shown, letters in drawings as large as they come out. */
const SMALLEST = `(() => {
  const sizes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest('title, style') || !element.checkVisibility()) continue;
    const drawing = element.closest('svg');
    const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
    sizes.push(parseFloat(getComputedStyle(element).fontSize) * scale);
  }
  return Math.min(...sizes);
})()`;

/** Mean of red, green and blue: of the paper, of the letters, and of the first curve. */
const LIGHTNESS = `(() => {
  const mean = (colour) => { const [r, g, b] = colour.match(/[0-9.]+/g).map(Number); return (r + g + b) / 3; };
  const curve = document.querySelector('svg path[stroke="var(--model)"], svg path[fill="var(--model)"]');
  const { stroke, fill } = getComputedStyle(curve);
  const { backgroundColor, color } = getComputedStyle(document.body);
  return { paper: mean(backgroundColor), ink: mean(color), line: mean(stroke === 'none' ? fill : stroke) };
})()`;
