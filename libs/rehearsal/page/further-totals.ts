import type { Rehearsal } from '../rehearse.js';
import type { Totals } from '../totals.js';
import { beforeAfter, paired } from './before-after.js';
import { html, table, type Html } from './html.js';

const MOST_ROWS = 30;

export function decisionsSection({ decisions, notReversible }: Rehearsal): Html {
  const heading = html`<h2>Decisions that no rule change can undo</h2>`;
  if (notReversible === 0)
    return html`${heading}
      <p>None: these rules triage every response as it was triaged.</p>`;
  return html`${heading}
    <p>
      The rules of the day decided on each response. These rules decide otherwise on ${notReversible} of them, but no
      replay can undo what was done. No figure above includes them.
    </p>
    ${table(
      "Decisions by the rules alone: both sides ignore the teams' daily intake limits",
      [{ name: 'decision' }, { name: 'responses', numeric: true }],
      [
        ['these rules open a case', decisions.wouldHaveBeenOpened],
        ['these rules open no case', decisions.wouldNotHaveBeenOpened],
        ['another kind, priority, team or silence', decisions.handledOtherwise],
      ],
    )}
    <details>
      <summary>The first ${decisions.examples.length} of them</summary>
      ${table(
        'Rule, outcome, priority and team before and after',
        [{ name: 'response' }, { name: 'received' }, { name: 'what' }, { name: 'before' }, { name: 'after' }],
        decisions.examples.map(({ response, at, change, from, to }) => [response, at, change, shown(from), shown(to)]),
      )}
    </details>`;
}

const shown = ({ outcome, rule, kind, priority, team }: Rehearsal['decisions']['examples'][number]['from']): string =>
  [`${outcome} (${rule})`, kind, priority, team].filter((part) => part !== null).join(', ');

/** Queues, owners, causes and the funnel. They come late in the page because few rule changes move them. */
export function loadSection(before: Totals, after: Totals): Html {
  return html`<h2>Queues, owners, causes, funnel</h2>
    ${folded('Work in the queues', queues(before, after))} ${folded("Owners' load", owners(before, after))}
    ${folded('Root causes, as the rules map them', causes(before, after))}
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

interface Compared<T> {
  readonly caption: string;
  readonly what: string;
  readonly figure: string;
  readonly before: readonly T[];
  readonly after: readonly T[];
  nameOf(this: void, row: T): string;
  figureOf(this: void, row: T): number;
}

function part<T>({ caption, what, figure, before, after, nameOf, figureOf }: Compared<T>): Part {
  const rows = paired(before, after, nameOf).map((row) => ({
    name: nameOf(row.either),
    before: row.before ? figureOf(row.before) : 0,
    after: row.after ? figureOf(row.after) : 0,
  }));
  const isChanged = (row: (typeof rows)[number]): boolean => row.before !== row.after;
  const sorted = rows.toSorted((a, b) => Number(isChanged(b)) - Number(isChanged(a)) || b.after - a.after);
  const more = sorted.length > MOST_ROWS ? `, ${MOST_ROWS} of ${sorted.length}` : '';
  const content = table(
    `${caption}${more}`,
    [{ name: what }, { name: figure, numeric: true }],
    sorted.slice(0, MOST_ROWS).map((row) => [row.name, beforeAfter(row.before, row.after)]),
  );
  return { content: rows.length === 0 ? html`<p>None.</p>` : content, changed: rows.some(isChanged) };
}

const queues = (before: Totals, after: Totals): Part =>
  part({
    caption: 'Overdue cases in the queues, by team',
    what: 'team',
    figure: 'overdue cases',
    before: before.queues.byTeam,
    after: after.queues.byTeam,
    nameOf: ({ team }) => team ?? 'no team',
    figureOf: ({ overdue }) => overdue,
  });

const owners = (before: Totals, after: Totals): Part =>
  part({
    caption: 'Overdue cases, by owner',
    what: 'owner',
    figure: 'overdue cases',
    before: before.owners,
    after: after.owners,
    nameOf: ({ owner }) => owner ?? 'nobody',
    figureOf: ({ overdue }) => overdue,
  });

const causes = (before: Totals, after: Totals): Part =>
  part({
    caption: 'Cases by cause',
    what: 'cause',
    figure: 'cases',
    before: before.causes,
    after: after.causes,
    nameOf: ({ cause }) => cause.join(' > '),
    figureOf: ({ count }) => count,
  });

const funnel = (before: Totals, after: Totals): Part =>
  part({
    caption: 'Cases that reached each step',
    what: 'step',
    figure: 'count',
    before: before.funnel.rows,
    after: after.funnel.rows,
    nameOf: ({ step }) => step,
    figureOf: ({ count }) => count,
  });
