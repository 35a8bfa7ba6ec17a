/** How scores are spread among rows with the event and rows without, each as shares of their own class. */
import type { ModelCurves } from '../../../workflows/domain/curves.ts';
import type { Html } from '../html.ts';
import { axis, draw } from './draw.ts';
import { PALETTE, type Tone } from './palette.ts';

export function scoreHistogram(id: string, bins: ModelCurves['scores'], threshold: number): Html {
  const width = bins[0] ? bins[0].high - bins[0].low : 1;
  return draw({
    id,
    title: 'Share of rows of each class by score',
    height: 300,
    option: {
      grid: { left: 52, right: 16, top: 24, bottom: 46 },
      xAxis: axis({
        name: 'score',
        percent: true,
        min: 0,
        max: bins.at(-1)?.high ?? 1,
        nameGap: 28,
        splitLine: { show: false },
      }),
      yAxis: axis({ name: 'share of the class', percent: true, min: 0, nameGap: 38 }),
      series: [
        outline(bins, 'negatives', width, 'other'),
        {
          ...outline(bins, 'positives', width, 'model'),
          markLine: {
            symbol: 'none',
            silent: true,
            lineStyle: { color: PALETTE.limit, type: 'dashed', width: 1.5 },
            label: { formatter: 'threshold', color: PALETTE.limit, fontSize: 11, textBorderWidth: 0 },
            data: [{ xAxis: threshold }],
          },
        },
      ],
    },
  });
}

/** Steps, so that the area over each bin is its share. */
function outline(
  bins: ModelCurves['scores'],
  side: 'positives' | 'negatives',
  width: number,
  tone: Tone,
): object {
  const all = bins.reduce((sum, bin) => sum + bin[side], 0);
  const last = bins.at(-1);
  const steps = bins.map((bin) => [bin.low, all === 0 ? 0 : bin[side] / all]);
  return {
    type: 'line',
    step: 'end',
    symbol: 'none',
    silent: true,
    data: [...steps, [(last?.low ?? 0) + width, steps.at(-1)?.[1] ?? 0]],
    lineStyle: { color: PALETTE[tone], width: 1.5 },
    areaStyle: { color: PALETTE[tone], opacity: 0.14 },
  };
}
