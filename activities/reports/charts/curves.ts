/** Curves over two numbers: ROC, precision and recall, lift. */
import type { Html } from '../html.ts';
import { axis, draw } from './draw.ts';
import { PALETTE, type Tone } from './palette.ts';

type Point = readonly [number, number];

export interface Curves {
  readonly id: string;
  readonly title: string;
  readonly x: { readonly name: string; readonly percent?: boolean; readonly max?: number };
  readonly y: { readonly name: string; readonly percent?: boolean; readonly max?: number };
  readonly lines: readonly {
    readonly points: readonly Point[];
    readonly tone: Tone;
    readonly dashed?: boolean;
  }[];
  /** A vertical line, where the threshold in use stands. */
  readonly limit?: { readonly at: number; readonly label: string };
}

export function curveChart({ id, title, x, y, lines, limit }: Curves): Html {
  return draw({
    id,
    title,
    height: 300,
    option: {
      grid: { left: 52, right: 16, top: 24, bottom: 46 },
      xAxis: axis({ ...x, min: 0, nameGap: 28 }),
      yAxis: axis({ ...y, min: 0, nameGap: 38 }),
      series: [
        ...lines.map(({ points, tone, dashed }) => ({
          type: 'line',
          data: points,
          symbol: 'none',
          silent: true,
          lineStyle: { color: PALETTE[tone], width: dashed ? 1 : 2, type: dashed ? 'dashed' : 'solid' },
        })),
        ...(limit ? [limitLine(limit)] : []),
      ],
    },
  });
}

function limitLine({ at, label }: { readonly at: number; readonly label: string }): object {
  return {
    type: 'line',
    data: [],
    markLine: {
      symbol: 'none',
      silent: true,
      lineStyle: { color: PALETTE.limit, type: 'dashed', width: 1.5 },
      label: { formatter: label, color: PALETTE.limit, fontSize: 11, textBorderWidth: 0 },
      data: [{ xAxis: at }],
    },
  };
}
