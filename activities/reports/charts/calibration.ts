/** Promised against observed: mean score and event rate of each tenth of the rows. */
import type { ModelCurves } from '../../../workflows/domain/curves.ts';
import type { Html } from '../html.ts';
import { axis, draw } from './draw.ts';
import { PALETTE, type Tone } from './palette.ts';
import { whiskers } from './whiskers.ts';

/** @param others of a model to compare with */
export function calibrationChart(
  id: string,
  bins: ModelCurves['calibration'],
  others: ModelCurves['calibration'] = [],
): Html {
  const all = [...bins, ...others];
  const end = Math.max(...all.map(({ meanScore, eventRate }) => Math.max(meanScore, eventRate.high)));
  const max = Math.min(1, Math.ceil(end * 20) / 20);
  return draw({
    id,
    title: 'Event rate against mean score in tenths of the rows, with the diagonal of perfect calibration',
    height: 300,
    option: {
      grid: { left: 52, right: 16, top: 24, bottom: 46 },
      xAxis: axis({ name: 'mean score', percent: true, min: 0, max, nameGap: 28 }),
      yAxis: axis({ name: 'event rate', percent: true, min: 0, max, nameGap: 38 }),
      series: [
        {
          type: 'line',
          symbol: 'none',
          silent: true,
          data: [
            [0, 0],
            [max, max],
          ],
          lineStyle: { color: PALETTE.muted, type: 'dashed', width: 1 },
        },
        ...pointsOf(others, 'other'),
        ...pointsOf(bins, 'model'),
      ],
    },
  });
}

function pointsOf(bins: ModelCurves['calibration'], tone: Tone): object[] {
  if (bins.length === 0) return [];
  return [
    whiskers(
      bins.map(({ meanScore, eventRate }) => [meanScore, eventRate.low, eventRate.high]),
      tone,
    ),
    {
      type: 'scatter',
      silent: true,
      symbolSize: 8,
      itemStyle: { color: PALETTE[tone], opacity: 1 },
      data: bins.map(({ meanScore, eventRate }) => [meanScore, eventRate.value]),
    },
  ];
}
