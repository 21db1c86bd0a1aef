import type { Rehearsal } from '../rehearse.js';
import type { Totals } from '../totals.js';
import { beforeAfter } from './before-after.js';
import { html, table, type Html } from './html.js';

const MOST_ROWS = 30;

export function decisionsSection({ decisions, notReversible }: Rehearsal): Html {
  const heading = html`<h2>Decisions that history can't take back</h2>`;
  if (notReversible === 0)
    return html`${heading}
      <p>None: every response would have been triaged as it was.</p>`;
  return html`${heading}
    <p>
      Responses were answered by the rules of their day. Under these rules ${notReversible} would have been answered
      otherwise, whatever is replayed now. They are in no figure above.
    </p>
    ${table(
      'Decided again by the rules alone; whether a team had room that day is left out on both sides',
      [{ name: 'decision' }, { name: 'responses', numeric: true }],
      [
        ['a case would have been opened', decisions.wouldHaveBeenOpened],
        ['a case would not have been opened', decisions.wouldNotHaveBeenOpened],
        ['handled otherwise: kind, priority, team or silence', decisions.handledOtherwise],
      ],
    )}
    <details>
      <summary>The first ${decisions.examples.length} of them</summary>
      ${table(
        'Rule, outcome, priority and team before and after',
        [{ name: 'response' }, { name: 'received' }, { name: 'what' }, { name: 'before' }, { name: 'after' }],
        decisions.examples.map(({ response, at, change, from, to }) => [response, at, change, said(from), said(to)]),
      )}
    </details>`;
}

const said = ({ outcome, rule, kind, priority, team }: Rehearsal['decisions']['examples'][number]['from']): string =>
  [`${outcome} (${rule})`, kind, priority, team].filter((part) => part !== null).join(', ');

/** Queues, owners, causes and the funnel: further down, because few rule changes move them. */
export function loadSection(before: Totals, after: Totals): Html {
  return html`<h2>Queues, owners, causes, funnel</h2>
    ${folded('Work in the queues', queues(before, after))} ${folded("Owners' load", owners(before, after))}
    ${folded('Root causes as the rules read them', causes(before, after))}
    ${folded('Recovery funnel', funnel(before, after))}`;
}

interface Part {
  readonly content: Html;
  readonly changed: boolean;
}

const folded = (title: string, { content, changed }: Part): Html =>
  html`<details>
    <summary>${title}${changed ? ': changes' : ': no change'}</summary>
    ${content}
  </details>`;

interface Row {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

function rowsOf<T>(ones: readonly T[], others: readonly T[], name: (one: T) => string, figure: (one: T) => number) {
  const rows = new Map<string, Row>();
  for (const one of ones) rows.set(name(one), { name: name(one), before: figure(one), after: 0 });
  for (const one of others)
    rows.set(name(one), { name: name(one), before: rows.get(name(one))?.before ?? 0, after: figure(one) });
  return [...rows.values()];
}

function part(caption: string, what: string, rows: readonly Row[], figure: string): Part {
  const changed = rows.some(({ before, after }) => before !== after);
  // What changes first, then the largest.
  const order = (row: Row): number => (row.before === row.after ? 0 : 1);
  const sorted = rows.toSorted((a, b) => order(b) - order(a) || b.after - a.after);
  const more = sorted.length > MOST_ROWS ? `, ${MOST_ROWS} of ${sorted.length}` : '';
  const content = table(
    `${caption}${more}`,
    [{ name: what }, { name: figure, numeric: true }],
    sorted.slice(0, MOST_ROWS).map(({ name, before, after }) => [name, beforeAfter(before, after)]),
  );
  return { content: rows.length === 0 ? html`<p>None.</p>` : content, changed };
}

const queues = (before: Totals, after: Totals): Part =>
  part(
    'Cases past due in the queues, by team',
    'team',
    rowsOf(
      before.queues.byTeam,
      after.queues.byTeam,
      ({ team }) => team ?? 'no team',
      ({ overdue }) => overdue,
    ),
    'overdue cases',
  );

const owners = (before: Totals, after: Totals): Part =>
  part(
    'Cases past due, by who has them',
    'owner',
    rowsOf(
      before.owners,
      after.owners,
      ({ owner }) => owner ?? 'nobody',
      ({ overdue }) => overdue,
    ),
    'overdue cases',
  );

const causes = (before: Totals, after: Totals): Part =>
  part(
    'Cases by cause',
    'cause',
    rowsOf(
      before.causes,
      after.causes,
      ({ cause }) => cause.join(' > '),
      ({ count }) => count,
    ),
    'cases',
  );

const funnel = (before: Totals, after: Totals): Part =>
  part(
    'How many came how far',
    'step',
    rowsOf(
      before.funnel.rows,
      after.funnel.rows,
      ({ step }) => step,
      ({ count }) => count,
    ),
    'count',
  );
