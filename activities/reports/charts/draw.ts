/** One chart as SVG, drawn by ECharts without a browser: the same data gives the same bytes. */
import { LineChart, BarChart, ScatterChart, CustomChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { html, trusted, type Html } from '../html.ts';
import { PALETTE, themed } from './palette.ts';

use([LineChart, BarChart, ScatterChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

/** Drawn at the width of a column of the page, so that its letters keep their size on a telephone. */
const WIDTH = 350;

export interface Drawing {
  /** Unique in its page. */
  readonly id: string;
  /** What the chart shows, for those who don't see it; the numbers stand in a table beside it. */
  readonly title: string;
  readonly height: number;
  readonly option: EChartsCoreOption;
}

export function draw({ id, title, height, option }: Drawing): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 12, color: PALETTE.ink },
      ...option,
    });
    const svg = cleaned(chart.renderToSVGString({ useViewBox: true }), id);
    const name = html`<title>${title}</title>`.text;
    return trusted(svg.replace(/<svg [^>]*>/, (opening) => `${openingOf(opening)}${name}`));
  } finally {
    chart.dispose();
  }
}

/** Axis in the page's colours; `percent` axes carry shares from 0 to 1. */
export function axis(settings: {
  readonly name?: string;
  readonly percent?: boolean;
  readonly [setting: string]: unknown;
}): object {
  const { percent, ...others } = settings;
  return {
    type: 'value',
    nameLocation: 'middle',
    nameTextStyle: { color: PALETTE.muted },
    axisLine: { show: true, lineStyle: { color: PALETTE.rule } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: PALETTE.rule, width: 0.5 } },
    ...others,
    axisLabel: {
      color: PALETTE.muted,
      fontSize: 11,
      hideOverlap: true,
      ...(percent && { formatter: (share: number) => `${Number((100 * share).toFixed(1))} %` }),
      ...(others['axisLabel'] as object | undefined),
    },
  };
}

/** Labels of counters and hover rules of an interactive chart have no place in print. */
function cleaned(svg: string, id: string): string {
  return themed(svg)
    .replace(/<style\b[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/\n+/g, '\n');
}

function openingOf(opening: string): string {
  const viewBox = /viewBox="[^"]*"/.exec(opening)?.[0] ?? '';
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${viewBox}>`;
}
