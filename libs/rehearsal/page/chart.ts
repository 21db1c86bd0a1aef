import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { Html, html } from './html.js';

use([BarChart, GridComponent, SVGRenderer]);

/** Placeholders for the page's colours, which differ between light and dark. */
const INK = { text: '#010101', line: '#020202', kept: '#030303', broken: '#040404', pale: '#050505' } as const;
export type Ink = keyof typeof INK;

export interface BarSeries {
  readonly name: string;
  readonly ink: Ink;
  readonly stack?: string;
  readonly values: readonly number[];
}

export interface Bars {
  readonly title: string;
  /** Describes the chart to people who can't see it. */
  readonly description: string;
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
}

const WIDTH = 940;
const ROW = 26;

/** Draws horizontal bars as SVG, so that the page needs no script. */
export function bars({ title, description, categories, series }: Bars): Html {
  const stacks = new Set(series.map(({ name, stack }) => stack ?? name)).size;
  const height = categories.length * ROW * Math.max(1, stacks * 0.7) + 40;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    textStyle: { color: INK.text, fontFamily: 'inherit', fontSize: 12 },
    grid: { left: 8, right: 56, top: 8, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'value',
      axisLabel: { color: INK.text, formatter: (value: number) => Math.abs(value).toLocaleString('en-US') },
      splitLine: { lineStyle: { color: INK.line } },
      splitNumber: 4,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...categories],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: INK.line } },
      axisLabel: { color: INK.text, width: 180, overflow: 'truncate' },
    },
    series: series.map(({ name, ink, stack, values }) => ({
      type: 'bar' as const,
      name,
      silent: true,
      stack,
      barMaxWidth: 16,
      itemStyle: { color: INK[ink] },
      label: {
        show: stack === undefined,
        position: 'right' as const,
        color: INK.text,
        formatter: ({ value }: { value?: unknown }) => Number(value).toLocaleString('en-US'),
      },
      data: [...values],
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return html`<figure>
    <figcaption>${title}${legend(series)}</figcaption>
    ${new Html(accessible(inPageColours(svg), title, description))}
  </figure>`;
}

/** HTML instead of SVG: only a browser can measure the width of text. */
const legend = (series: readonly BarSeries[]): Html =>
  html`<span class="legend">${series.map(({ name, ink }) => html`<span><i class="${ink}"></i>${name}</span>`)}</span>`;

const inPageColours = (svg: string): string =>
  Object.entries(INK).reduce((drawn, [name, colour]) => drawn.replaceAll(colour, `var(--${name})`), svg);

let drawn = 0;

function accessible(svg: string, title: string, description: string): string {
  const id = `chart-${++drawn}`;
  const labels = html`<title id="${`${id}-title`}">${title}</title><desc id="${`${id}-desc`}">${description}</desc>`
    .text;
  return svg.replace(
    /<svg ([^>]*)>/,
    (_, attributes: string) =>
      `<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${/width="(\d+)"/.exec(attributes)?.[1]} ${/height="([\d.]+)"/.exec(attributes)?.[1]}" ${attributes.replace(/viewBox="[^"]*"/, '')}>${labels}`,
  );
}
