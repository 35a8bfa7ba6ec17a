/** Reference and current distribution of one column side by side, bin by bin. */
import type { Html } from '../html.ts';
import { axis, draw } from './draw.ts';
import { PALETTE, type Tone } from './palette.ts';

export interface SharedBin {
  readonly label: string;
  /** Shares of each side's rows. */
  readonly reference: number;
  readonly current: number;
}

/** From here on numbers are shown as thousands and millions. */
const MANY = 100_000;
/** Shares from here on are shown in whole per cents, smaller ones with a decimal. */
const LEAST_WHOLE = 0.0995;
const BAR_SPACE = 34;
/** As many letters as there is room for, wide ones among them. */
const LONGEST_LABEL = 17;

/** Bins from top to bottom: their names may be long. */
export function pairedBars(id: string, title: string, bins: readonly SharedBin[]): Html {
  return draw({
    id,
    title,
    height: 34 + BAR_SPACE * bins.length,
    option: {
      grid: { left: 132, right: 44, top: 6, bottom: 24 },
      xAxis: axis({ percent: true, min: 0, splitNumber: 3, ...(nearlyAll(bins) && { max: 1 }) }),
      yAxis: axis({
        type: 'category',
        inverse: true,
        data: bins.map(({ label }) => shortened(label)),
        splitLine: { show: false },
        axisLabel: { color: PALETTE.ink, interval: 0 },
      }),
      series: [
        bars(
          bins.map(({ reference }) => reference),
          'other',
        ),
        bars(
          bins.map(({ current }) => current),
          'model',
        ),
      ],
    },
  });
}

/** So that no axis promises more than 100 %. */
function nearlyAll(bins: readonly SharedBin[]): boolean {
  return bins.some(({ reference, current }) => Math.max(reference, current) > 0.75);
}

function bars(shares: readonly number[], tone: Tone): object {
  return {
    type: 'bar',
    silent: true,
    barCategoryGap: '26%',
    barGap: '0%',
    data: shares,
    itemStyle: { color: PALETTE[tone] },
    label: {
      show: true,
      position: 'right',
      color: PALETTE.muted,
      fontSize: 10,
      textBorderWidth: 0,
      formatter: ({ value }: { value: number }) => `${(100 * value).toFixed(value < LEAST_WHOLE ? 1 : 0)} %`,
    },
  };
}

/** `above 0.10423, ≤ 0.11991` as `0.104 to 0.12`: the whole edges, and on which side they lie, stand in the table below. */
function shortened(label: string): string {
  const range = label.replace(/^above (\S+), ≤ (\S+)$/, '$1 to $2');
  const isRange = range !== label || /^[≤>] /.test(label);
  const text = isRange ? range.replaceAll(/-?\d+(\.\d+)?(e[+-]\d+)?/g, shortNumber) : label;
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}

/** Three digits of fractions; of large numbers too, with what they are thousands or millions of. */
function shortNumber(text: string): string {
  const number = Number(text);
  if (Math.abs(number) >= MANY) {
    return number.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 });
  }
  return /\.\d{3,}|e/.test(text) ? String(Number(number.toPrecision(3))) : text;
}
