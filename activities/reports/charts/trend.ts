/** Measures by interval, with their intervals of confidence where they have them. */
import type { Estimate } from '../../../workflows/domain/evaluation.ts';
import type { Html } from '../html.ts';
import { axis, draw } from './draw.ts';
import { PALETTE, type Tone } from './palette.ts';
import { whiskers } from './whiskers.ts';

export interface Trend {
  readonly id: string;
  readonly title: string;
  /** Names of the intervals, in time order. */
  readonly intervals: readonly string[];
  readonly percent?: boolean;
  readonly fromZero?: boolean;
  readonly lines: readonly {
    readonly tone: Tone;
    /** One for each interval; `null` leaves a gap. */
    readonly values: readonly (number | Estimate | null)[];
  }[];
  readonly limits?: readonly { readonly at: number; readonly label: string }[];
}

export function trendChart({ id, title, intervals, percent, fromZero, lines, limits = [] }: Trend): Html {
  return draw({
    id,
    title,
    height: 230,
    option: {
      grid: { left: 48, right: 20, top: 18, bottom: 28 },
      xAxis: axis({ type: 'category', data: intervals, splitLine: { show: false } }),
      yAxis: axis({
        percent: percent ?? false,
        scale: !fromZero,
        ...(fromZero && { min: 0 }),
        splitNumber: 4,
        ...roomFor(limits, lines),
      }),
      series: lines.flatMap(({ tone, values }, place) => [
        {
          type: 'line',
          silent: true,
          data: values.map((value) => pointOf(value) ?? '-'),
          symbol: 'circle',
          symbolSize: 6,
          itemStyle: { color: PALETTE[tone] },
          lineStyle: { color: PALETTE[tone], width: 2 },
          ...(place === 0 && { markLine: limitLines(limits) }),
        },
        whiskers(
          values.flatMap((value, at) =>
            isEstimate(value) ? [[intervals[at] ?? '', value.low, value.high] as const] : [],
          ),
          tone,
        ),
      ]),
    },
  });
}

/** A bound that nothing has come near still stands in the picture: that is its point. */
function roomFor(limits: Trend['limits'] = [], lines: Trend['lines']): object {
  if (limits.length === 0) return {};
  const values = lines.flatMap(({ values }) =>
    values.flatMap((value) => (isEstimate(value) ? [value.low, value.high] : (value ?? []))),
  );
  const all = [...limits.map(({ at }) => at), ...values];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const step = high - low > 0.3 ? 0.1 : 0.05;
  const edge = (value: number, round: (steps: number) => number): number =>
    Number((round(value / step) * step).toFixed(2));
  return { max: edge(high, Math.ceil), ...(low > 0.5 && { min: edge(low, Math.floor) }) };
}

function limitLines(limits: readonly { readonly at: number; readonly label: string }[]): object {
  return {
    symbol: 'none',
    silent: true,
    lineStyle: { color: PALETTE.limit, type: 'dashed', width: 1 },
    data: limits.map(({ at, label }) => ({
      yAxis: at,
      label: {
        formatter: label,
        position: 'insideEndTop',
        color: PALETTE.limit,
        fontSize: 11,
        textBorderWidth: 0,
      },
    })),
  };
}

function pointOf(value: number | Estimate | null): number | null {
  return isEstimate(value) ? value.value : value;
}

function isEstimate(value: number | Estimate | null): value is Estimate {
  return typeof value === 'object' && value !== null;
}
