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

const BAR_SPACE = 34;
const LONGEST_LABEL = 18;

/** Bins from top to bottom: their names may be long. */
export function pairedBars(id: string, title: string, bins: readonly SharedBin[]): Html {
  return draw({
    id,
    title,
    height: 34 + BAR_SPACE * bins.length,
    option: {
      grid: { left: 122, right: 44, top: 6, bottom: 24 },
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
      formatter: ({ value }: { value: number }) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`,
    },
  };
}

/** Edges of bins have as many digits as the data; four are enough to know them by. */
function shortened(label: string): string {
  const text = label.replace(/-?\d+\.\d{4,}/g, (edge) => String(Number(Number(edge).toPrecision(4))));
  return text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL - 1)}…`;
}
