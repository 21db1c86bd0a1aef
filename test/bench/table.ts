import { cpus } from 'node:os';
import Table from 'cli-table3';
import { median, ratios, reached, type Figure } from './measure.js';

const number = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumFractionDigits: 2 });

const spread = (values: readonly number[]): string =>
  `${number(median(values))} (${number(Math.min(...values))}-${number(Math.max(...values))})`;

const asked = (figure: Figure): string => {
  if (!figure.reach) return '';
  if ('ratio' in figure.reach)
    return figure.reach.ratio < 1 ? `>= ${figure.reach.ratio * 100} %` : `>= ${figure.reach.ratio} x`;
  return 'atLeast' in figure.reach ? `>= ${number(figure.reach.atLeast)}` : `<= ${number(figure.reach.atMost)}`;
};

const got = (figure: Figure): string => {
  const result = reached(figure);
  if (!result || !figure.reach) return '';
  const value = !('ratio' in figure.reach)
    ? number(result.value)
    : figure.reach.ratio < 1
      ? `${number(result.value * 100)} %`
      : `${number(result.value)} x`;
  return `${value} ${result.ok ? 'ok' : 'SHORT'}`;
};

/** The figures for people: median (min-max) of the runs. */
export function table(figures: readonly Figure[]): string {
  const rows = new Table({
    head: ['what', 'unit', 'Amends', 'held against', 'its figure', 'reach', 'got'],
    style: { head: [], border: [], compact: true },
  });
  for (const figure of figures) {
    rows.push([
      figure.what,
      figure.unit,
      spread(figure.ours),
      figure.against?.name ?? '',
      figure.against ? spread(figure.against.values) : '',
      asked(figure),
      got(figure),
    ]);
  }
  const notes = figures.flatMap(({ what, note }) => (note ? [`${what}: ${note}`] : []));
  return [rows.toString(), ...notes].join('\n');
}

/** The figures for programs. */
export const report = (figures: readonly Figure[]): object => ({
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  figures: figures.map((figure) => ({ ...figure, ratios: ratios(figure), ...reached(figure) })),
});
