import { html, type Html } from './html.js';

/** Before and after, with the difference: red where more is worse. */
export function beforeAfter(before: number, after: number, moreIsWorse?: boolean): Html {
  if (before === after) return html`${before}`;
  const sign = after > before ? '+' : '−';
  const look = moreIsWorse === undefined ? '' : after > before === moreIsWorse ? 'up' : 'down';
  return html`${before} → ${after} <span class="${look}">(${sign}${Math.abs(after - before)})</span>`;
}
