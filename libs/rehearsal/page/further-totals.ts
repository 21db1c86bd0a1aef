import type { Rehearsal } from '../rehearse.js';
import type { Totals } from '../totals.js';
import { beforeAfter } from './before-after.js';
import { html, table, type Html } from './html.js';

const MOST_ROWS = 30;

export function decisionsSection({ decisions, notReversible, heldBack }: Rehearsal): Html {
  const limits =
    heldBack &&
    html`<p>Responses that the daily limits hold back: ${beforeAfter(heldBack.before, heldBack.after)}.</p>`;
  const heading = html`<h2>Decisions that no rule change can undo</h2>
    ${limits}`;
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
      ['decision'],
      ['responses'],
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
        ['response', 'received', 'what', 'before', 'after'],
        [],
        decisions.examples.map(({ response, at, change, from, to }) => [response, at, change, shown(from), shown(to)]),
      )}
    </details>`;
}

const shown = ({ outcome, rule, kind, priority, team }: Rehearsal['decisions']['examples'][number]['from']): string =>
  [`${outcome} (${rule})`, kind, priority, team].filter((part) => part !== null).join(', ');

interface Part {
  readonly title: string;
  readonly caption: string;
  readonly what: string;
  readonly figure: string;
  figures(this: void, totals: Totals): readonly (readonly [name: string, figure: number])[];
}

const PARTS: readonly Part[] = [
  {
    title: 'Work in the queues',
    caption: 'Overdue cases in the queues, by team',
    what: 'team',
    figure: 'overdue cases',
    figures: ({ queues }) => queues.byTeam.map(({ team, overdue }) => [team ?? 'no team', overdue]),
  },
  {
    title: "Owners' load",
    caption: 'Overdue cases, by owner',
    what: 'owner',
    figure: 'overdue cases',
    figures: ({ owners }) => owners.map(({ owner, overdue }) => [owner ?? 'nobody', overdue]),
  },
  {
    title: 'Root causes, as the rules map them',
    caption: 'Cases by cause',
    what: 'cause',
    figure: 'cases',
    figures: ({ causes }) => causes.map(({ cause, count }) => [cause.join(' > '), count]),
  },
  {
    title: 'Recovery funnel',
    caption: 'Cases that reached each step',
    what: 'step',
    figure: 'count',
    figures: ({ funnel }) => funnel.rows.map(({ step, count }) => [step, count]),
  },
  {
    title: 'What opened no case at once',
    caption: 'Responses that were respected, or held back by a throttle',
    what: 'how it stands',
    figure: 'responses',
    figures: ({ funnel: { triage } }) => [
      ['respected', triage.respected],
      ['held back', triage.heldBack],
      ['released', triage.released],
      ['expired', triage.expired],
      ['waiting', triage.waiting],
    ],
  },
];

/** Queues, owners, causes and the funnel. They come late in the page because few rule changes move them. */
export const loadSection = (before: Totals, after: Totals): Html =>
  html`<h2>Queues, owners, causes, funnel</h2>
    ${PARTS.map((part) => folded(part, new Map(part.figures(before)), new Map(part.figures(after))))}`;

type Figures = ReadonlyMap<string, number>;

function folded({ title, caption, what, figure }: Part, before: Figures, after: Figures): Html {
  const rows = [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const [had, has] = [before.get(name) ?? 0, after.get(name) ?? 0];
    return { name, had, has, changed: had !== has };
  });
  const sorted = rows.toSorted((a, b) => Number(b.changed) - Number(a.changed) || b.has - a.has);
  const more = sorted.length > MOST_ROWS ? `, ${MOST_ROWS} of ${sorted.length}` : '';
  const content = table(
    `${caption}${more}`,
    [what],
    [figure],
    sorted.slice(0, MOST_ROWS).map(({ name, had, has }) => [name, beforeAfter(had, has)]),
  );
  return html`<details>
    <summary>${title}${rows.some(({ changed }) => changed) ? ': changes' : ': no change'}</summary>
    ${rows.length === 0 ? html`<p>None.</p>` : content}
  </details>`;
}
