import { html, type Html } from './html.js';

/** Before and after, with the difference: red if it is for the worse. */
export function beforeAfter(before: number, after: number, moreIsWorse?: boolean): Html {
  if (before === after) return html`${before}`;
  const sign = after > before ? '+' : '−';
  const look = moreIsWorse === undefined ? '' : after > before === moreIsWorse ? 'up' : 'down';
  return html`${before} → ${after} <span class="${look}">(${sign}${Math.abs(after - before)})</span>`;
}

export interface Paired<T> {
  readonly either: T;
  readonly before?: T;
  readonly after?: T;
}

/** The rows of both sides by name. */
export function paired<T>(before: readonly T[], after: readonly T[], nameOf: (row: T) => string): Paired<T>[] {
  const rows = new Map<string, Paired<T>>();
  for (const row of before) rows.set(nameOf(row), { either: row, before: row });
  for (const row of after) rows.set(nameOf(row), { either: row, ...rows.get(nameOf(row)), after: row });
  return [...rows.values()];
}
