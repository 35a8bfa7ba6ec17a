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
      xAxis: axis({ percent: true, min: 0, splitNumber: 3 }),
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
  const text = label
    .replace(/^above (\S+), ≤ (\S+)$/, '$1 to $2')
    .replace(/-?\d+\.\d{3,}/g, (edge) => String(Number(Number(edge).toPrecision(3))));
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}
