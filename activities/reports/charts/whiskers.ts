/** Vertical intervals through points, as a series beside them. */
import type { CustomSeriesOption } from 'echarts/charts';
import { PALETTE, type Tone } from './palette.ts';

/** Each of x, low and high. */
export function whiskers(
  intervals: readonly (readonly [number | string, number, number])[],
  tone: Tone,
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    data: intervals.map((interval) => [...interval]),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_, api) => {
      const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
      const [, high = 0] = api.coord([api.value(0), api.value(2)]);
      return {
        type: 'line',
        shape: { x1: x, y1: low, x2: x, y2: high },
        style: { stroke: PALETTE[tone], lineWidth: 1.5 },
      };
    },
  };
}
