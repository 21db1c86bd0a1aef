import type { ChangedVerdict } from '../changed-verdicts.js';
import type { Rehearsal } from '../rehearse.js';
import type { Changes } from '../tally.js';
import { beforeAfter } from './before-after.js';
import { bars } from './chart.js';
import { decisionsSection, loadSection } from './further-totals.js';
import { Html, html, table } from './html.js';
import { STYLE } from './style.js';

const MOST_BARS = 12;
const MOST_CASES = 2_000;

/** A rehearsal as one page that stands by itself: no script, nothing fetched, readable without having met Amends. */
export function rehearsalPage(rehearsal: Rehearsal): string {
  const { before, after, changedBy, programme } = rehearsal;
  const title = `Rehearsal of rules for ${programme}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="Amends" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="muted">
            What would have been if these rules had held, read from the recorded history. Nothing was sent, and nothing
            was changed.
          </p>
        </header>
        <p class="notice">
          <strong>Mechanical effect only.</strong> The rules are replayed over what people really did. How people would
          have behaved under other rules is not in here.
        </p>
        <main>
          ${headline(rehearsal)} ${targets(rehearsal)}
          ${changes('By team', 'Verdicts that change, by the team that has the case now', 'team', changedBy.team)}
          ${changes('By reason', 'Verdicts that change, by the part of the rules that turns them', 'reason', changedBy.reason)}
          ${decisionsSection(rehearsal)} ${loadSection(before.totals, after.totals)} ${cases(rehearsal)}
          ${compared(rehearsal)} ${words()}
        </main>
        <footer>
          Mechanical effect only: the rules are replayed, not how people would have behaved under them.<br />
          Digest before <code>${rehearsal.digestBefore}</code><br />Digest after <code>${rehearsal.digestAfter}</code>
        </footer>
      </body>
    </html> `.text;
}

function headline({ changedBy, changedCount, changedCases, notReversible, before, after }: Rehearsal): Html {
  const worse = changedBy.target.reduce((sum, row) => sum + row.worse, 0);
  const better = changedBy.target.reduce((sum, row) => sum + row.better, 0);
  const all = before.totals.clocks.met + before.totals.clocks.missed;
  const [was, is] = [before.totals.clocks.breaches, after.totals.clocks.breaches];
  return html`<p>
      ${
        changedCount === 0
          ? 'Not one promise would be judged otherwise.'
          : html`Of ${all} promises that were kept or broken, <strong>${changedCount}</strong> on ${changedCases} cases
              would be judged otherwise. Broken promises go from ${was} to ${is}.`
      }
    </p>
    <div class="figures">
      <div><b>${changedCount}</b>verdicts change</div>
      <div class="worse"><b>${worse}</b>kept now, broken under these rules</div>
      <div class="better"><b>${better}</b>broken now, kept under these rules</div>
      <div><b>${notReversible}</b>decisions history can't take back</div>
    </div>`;
}

function targets({ before, after }: Rehearsal): Html {
  const names = [...new Set([...before.totals.byTarget, ...after.totals.byTarget].map(({ target }) => target))];
  const figure = (side: Rehearsal['before'], target: string, name: 'met' | 'missed' | 'running' | 'overdue'): number =>
    side.totals.byTarget.find((row) => row.target === target)?.[name] ?? 0;
  const priorities = [
    ...new Map(
      [...before.totals.byPriority, ...after.totals.byPriority].map((row) => [`${row.target}\n${row.priority}`, row]),
    ).values(),
  ];
  const ofPriority = (side: Rehearsal['before'], target: string, priority: string, name: 'met' | 'missed'): number =>
    side.totals.byPriority.find((row) => row.target === target && row.priority === priority)?.[name] ?? 0;
  return html`<h2>By target</h2>
    ${
      names.length === 0
        ? html`<p>Nothing was promised to anybody in this window.</p>`
        : bars({
            title: 'Promises kept and broken, before and after',
            description: names
              .map(
                (name) =>
                  `${name}: ${figure(before, name, 'met')} kept and ${figure(before, name, 'missed')} broken before, ${figure(after, name, 'met')} and ${figure(after, name, 'missed')} after`,
              )
              .join('; '),
            categories: names.flatMap((name) => [`${name}, before`, `${name}, after`]),
            series: (['met', 'missed'] as const).map((name) => ({
              name: name === 'met' ? 'kept' : 'broken',
              ink: name === 'met' ? ('kept' as const) : ('broken' as const),
              stack: 'all',
              values: names.flatMap((target) => [figure(before, target, name), figure(after, target, name)]),
            })),
          })
    }
    ${table(
      'Kept: done within its working time. Broken: done too late. Running ones are overdue when past due at the moment read.',
      [
        { name: 'target' },
        ...['kept', 'broken', 'running', 'overdue'].map((name) => ({ name, numeric: true as const })),
      ],
      names.map((target) => [
        target,
        ...(['met', 'missed', 'running', 'overdue'] as const).map((name) =>
          beforeAfter(figure(before, target, name), figure(after, target, name), name !== 'met' && name !== 'running'),
        ),
      ]),
    )}
    <details>
      <summary>By target and priority</summary>
      ${table(
        'Priority as it is now',
        [{ name: 'target' }, { name: 'priority' }, { name: 'kept', numeric: true }, { name: 'broken', numeric: true }],
        priorities.map(({ target, priority }) => [
          target,
          priority,
          beforeAfter(ofPriority(before, target, priority, 'met'), ofPriority(after, target, priority, 'met')),
          beforeAfter(
            ofPriority(before, target, priority, 'missed'),
            ofPriority(after, target, priority, 'missed'),
            true,
          ),
        ]),
      )}
    </details>`;
}

function changes(heading: string, caption: string, by: string, rows: readonly Changes[]): Html {
  if (rows.length === 0) return html``;
  const first = rows.slice(0, MOST_BARS);
  const picture =
    rows.length < 2
      ? html``
      : bars({
          title: `${caption}${rows.length > first.length ? `: the ${first.length} with most of them` : ''}`,
          description: first.map(({ name, count }) => `${name}: ${count}`).join('; '),
          categories: first.map(({ name }) => name),
          series: (
            [
              { name: 'kept now, then broken', ink: 'broken', values: first.map(({ worse }) => worse) },
              { name: 'broken now, then kept', ink: 'kept', values: first.map(({ better }) => better) },
              {
                name: 'other changes',
                ink: 'pale',
                values: first.map(({ count, worse, better }) => count - worse - better),
              },
            ] as const
          )
            .filter(({ values }) => values.some((value) => value > 0))
            .map((one) => ({ ...one, stack: 'all' })),
        });
  const columns = [
    { name: by },
    ...['verdicts that change', 'kept now, then broken', 'broken now, then kept'].map((name) => ({
      name,
      numeric: true as const,
    })),
  ];
  const all = table(
    caption,
    columns,
    rows.map(({ name, count, worse, better }) => [name, count, worse, better]),
  );
  return html`<h2>${heading}</h2>
    ${picture}${
      rows.length > 6
        ? html`<details>
            <summary>All ${rows.length} as a table</summary>
            ${all}
          </details>`
        : all
    }`;
}

function cases({ changed, changedCount }: Rehearsal): Html {
  if (changedCount === 0) return html``;
  const shown = changed.slice(0, MOST_CASES);
  const less =
    shown.length < changedCount
      ? html`<p>The first ${shown.length} of ${changedCount}. All of them: <code>amends rehearse ... --json</code></p>`
      : html``;
  return html`<h2>The cases</h2>
    <details>
      <summary>Each of the ${changedCount} verdicts that change, and why</summary>
      ${less}
      ${table(
        'Case, promise, verdict before and after, and the clause, the working time and the events it rests on',
        [{ name: 'case' }, { name: 'promise' }, { name: 'verdict' }, { name: 'team' }, { name: 'why' }],
        shown.map((one) => [
          one.reference ?? one.case,
          one.cycle > 1 ? `${one.target}, cycle ${one.cycle}` : one.target,
          `${one.from} → ${one.to}`,
          one.team ?? '-',
          html`${one.why.sentence}${restsOn(one)}`,
        ]),
      )}
    </details>`;
}

function restsOn({ why: { before, after, intervals } }: ChangedVerdict): Html {
  const clock = after ?? before;
  const spans = (name: string, list: readonly { from: string; to: string }[]): Html =>
    list.length === 0 ? html`` : html`<br />${name}: ${list.map(({ from, to }) => `${from} to ${to}`).join(', ')}`;
  return html`<span class="muted"
    >${
      clock?.startedAt ? html`<br />from ${clock.startedAt} (event ${clock.startedBy})` : html``
    }${clock?.stoppedAt ? html` to ${clock.stoppedAt} (event ${clock.stoppedBy})` : html``}${spans(
      'no longer counted',
      intervals.noLongerCounted,
    )}${spans('newly counted', intervals.newlyCounted)}</span
  >`;
}

function compared({ before, after, events, position, window, at, since, against, ruleSet }: Rehearsal): Html {
  const opened =
    window.from === null && window.to === null
      ? 'all cases'
      : `cases opened ${window.from === null ? '' : `from ${window.from} `}${window.to === null ? '' : `until ${window.to}`}`;
  const held = (book: Rehearsal['before']['book']): string =>
    (book ?? [])
      .map((entry) => `${entry.ruleSet.slice(0, 12)} ${entry.from === null ? 'since ever' : `from ${entry.from}`}`)
      .join(', ') || 'none';
  return html`<h2>What was compared</h2>
    ${table(
      `${opened}, read at ${at}`,
      [{ name: '' }, { name: 'before' }, { name: 'after' }],
      [
        ['rules', before.title ?? 'none', after.title ?? ruleSet],
        ['in force', held(before.book), held(after.book)],
        [
          'which',
          against === null ? 'as history has them' : 'another draft',
          since === null ? 'over all of the past' : `from ${since} on`,
        ],
      ],
    )}
    <p class="muted">
      ${events} events of history were read${position === null ? '' : html`, to position <code>${position}</code>`}.
    </p>`;
}

const words = (): Html =>
  html`<details>
    <summary>How to read this</summary>
    <dl>
      <dt>Case</dt>
      <dd>One customer's trouble, from its opening until the customer is won back.</dd>
      <dt>Promise, or target</dt>
      <dd>What the rules say will be done for every case within so much working time.</dd>
      <dt>Verdict</dt>
      <dd>Kept (met) or broken (missed) once it is done; running, or overdue, until then.</dd>
      <dt>Rule set</dt>
      <dd>
        One version of all rules: working hours, promises, who gets which case. It is named by a hash of its content.
      </dd>
      <dt>Reason</dt>
      <dd>The clause of the rule set that turns the verdict by itself; several where only together they do.</dd>
      <dt>Decisions history can't take back</dt>
      <dd>
        Cases that were, or were not, opened when a response came. Other rules would have decided otherwise, and no
        replay can make that so.
      </dd>
      <dt>Digest</dt>
      <dd>
        A fingerprint of everything the read models say. Equal digests: nothing differs. What is approved and put in
        force must have the digest after.
      </dd>
    </dl>
  </details>`;
