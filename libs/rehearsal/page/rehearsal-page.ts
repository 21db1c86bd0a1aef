import type { ChangedVerdict } from '../changed-verdicts.js';
import type { Rehearsal } from '../rehearse.js';
import type { Changes } from '../tally.js';
import { beforeAfter, paired, type Paired } from './before-after.js';
import { bars } from './chart.js';
import { decisionsSection, loadSection } from './further-totals.js';
import { Html, html, table } from './html.js';
import { STYLE } from './style.js';

const MOST_BARS = 12;
const MOST_CASES = 2_000;

/** A rehearsal as a self-contained page: it runs no script, fetches nothing and explains its own terms. */
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
            The recorded history, replayed as if these rules had been in force. The rehearsal sent nothing and changed
            nothing.
          </p>
        </header>
        <p class="notice">
          <strong>Mechanical effect only.</strong> The rehearsal applies the rules to what people really did. It can't
          show how people would have behaved under other rules.
        </p>
        <main>
          ${headline(rehearsal)} ${targets(rehearsal)}
          ${changes('By team', 'Changed verdicts, by the team that has the case now', 'team', changedBy.team)}
          ${changes('By reason', 'Changed verdicts, by the part of the rules that changes them', 'reason', changedBy.reason)}
          ${decisionsSection(rehearsal)} ${loadSection(before.totals, after.totals)} ${cases(rehearsal)}
          ${compared(rehearsal)} ${words()}
        </main>
        <footer>
          ${rehearsal.notice}<br />
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
          ? 'These rules change no verdict.'
          : html`Before, ${all} promises were kept or broken. These rules change
              <strong>${changedCount}</strong> verdicts on ${changedCases} cases. Broken promises go from ${was} to
              ${is}.`
      }
    </p>
    <div class="figures">
      <div><b>${changedCount}</b>changed verdicts</div>
      <div class="worse"><b>${worse}</b>kept now, broken under these rules</div>
      <div class="better"><b>${better}</b>broken now, kept under these rules</div>
      <div><b>${notReversible}</b>decisions that no rule change can undo</div>
    </div>`;
}

function targets({ before, after }: Rehearsal): Html {
  const rows = paired(before.totals.byTarget, after.totals.byTarget, ({ target }) => target);
  const priorities = paired(
    before.totals.byPriority,
    after.totals.byPriority,
    ({ target, priority }) => `${target}\n${priority}`,
  );
  return html`<h2>By target</h2>
    ${
      rows.length === 0
        ? html`<p>The rules promised nothing in this window.</p>`
        : bars({
            title: 'Promises kept and broken, before and after',
            description: rows
              .map(
                ({ either: { target }, ...row }) =>
                  `${target}: ${row.before?.met ?? 0} kept and ${row.before?.missed ?? 0} broken before, ${row.after?.met ?? 0} and ${row.after?.missed ?? 0} after`,
              )
              .join('; '),
            categories: rows.flatMap(({ either: { target } }) => [`${target}, before`, `${target}, after`]),
            series: [KEPT, BROKEN].map(({ name, of }) => ({
              name,
              ink: name,
              stack: 'all',
              values: rows.flatMap((row) => [row.before?.[of] ?? 0, row.after?.[of] ?? 0]),
            })),
          })
    }
    ${table(
      'Kept: done within the promised working time. Broken: done too late. Overdue: still running past its due time.',
      ['target'],
      FIGURES.map(({ name }) => name),
      rows.map((row) => [row.either.target, ...FIGURES.map((figure) => difference(row, figure))]),
    )}
    <details>
      <summary>By target and priority</summary>
      ${table(
        "The case's current priority",
        ['target', 'priority'],
        ['kept', 'broken'],
        priorities.map((row) => [
          row.either.target,
          row.either.priority,
          difference(row, KEPT),
          difference(row, BROKEN),
        ]),
      )}
    </details>`;
}

type Figures = Rehearsal['before']['totals']['clocks'];
const [KEPT, BROKEN] = [{ name: 'kept', of: 'met' } as const, { name: 'broken', of: 'missed' } as const];
const FIGURES = [KEPT, BROKEN, { name: 'running', of: 'running' }, { name: 'overdue', of: 'overdue' }] as const;

const difference = ({ before, after }: Paired<Figures>, { of }: (typeof FIGURES)[number]): Html =>
  beforeAfter(before?.[of] ?? 0, after?.[of] ?? 0, of === 'missed' || of === 'overdue');

const CHANGES = [
  { name: 'kept now, then broken', ink: 'broken', of: ({ worse }: Changes) => worse },
  { name: 'broken now, then kept', ink: 'kept', of: ({ better }: Changes) => better },
  { name: 'other changes', ink: 'pale', of: ({ count, worse, better }: Changes) => count - worse - better },
] as const;

function changes(heading: string, caption: string, by: string, rows: readonly Changes[]): Html {
  if (rows.length === 0) return html``;
  const first = rows.slice(0, MOST_BARS);
  const picture =
    rows.length < 2
      ? html``
      : bars({
          title: `${caption}${rows.length > first.length ? `: the ${first.length} largest` : ''}`,
          description: first.map(({ name, count }) => `${name}: ${count}`).join('; '),
          categories: first.map(({ name }) => name),
          series: CHANGES.map(({ name, ink, of }) => ({ name, ink, stack: 'all', values: first.map(of) })).filter(
            ({ values }) => values.some((value) => value > 0),
          ),
        });
  const all = table(
    caption,
    [by],
    ['changed verdicts', 'kept now, then broken', 'broken now, then kept'],
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
      <summary>Each of the ${changedCount} changed verdicts, and why it changes</summary>
      ${less}
      ${table(
        'Case, promise, verdict before and after, and the clause, working time and events behind it',
        ['case', 'promise', 'verdict', 'team', 'why'],
        [],
        shown.map((one) => [
          one.reference ?? one.case,
          promiseOf(one),
          `${one.from} → ${one.to}`,
          one.team ?? '-',
          html`${one.why.sentence}${evidenceOf(one)}`,
        ]),
      )}
    </details>`;
}

function promiseOf({ target, cycle, reply }: ChangedVerdict): string {
  const inCycle = cycle > 1 ? `${target}, cycle ${cycle}` : target;
  return reply === null ? inCycle : `${inCycle}, reply ${reply}`;
}

function evidenceOf({ why: { before, after, intervals } }: ChangedVerdict): Html {
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
  const inForce = (book: Rehearsal['before']['book']): string =>
    (book ?? [])
      .map((entry) => `${entry.ruleSet.slice(0, 12)} ${entry.from === null ? 'since ever' : `from ${entry.from}`}`)
      .join(', ') || 'none';
  return html`<h2>What was compared</h2>
    ${table(
      `${opened}, read at ${at}`,
      ['', 'before', 'after'],
      [],
      [
        ['rules', before.title ?? 'none', after.title ?? ruleSet],
        ['in force', inForce(before.book), inForce(after.book)],
        [
          'which',
          against === null ? 'the rules in history' : 'another draft',
          since === null ? 'over all of the past' : `from ${since} on`,
        ],
      ],
    )}
    <p class="muted">
      The rehearsal read ${events} events${position === null ? '' : html`, up to position <code>${position}</code>`}.
    </p>`;
}

const words = (): Html =>
  html`<details>
    <summary>How to read this</summary>
    <dl>
      <dt>Case</dt>
      <dd>One customer's trouble, from its opening until the customer is won back.</dd>
      <dt>Promise, or target</dt>
      <dd>What the rules promise to do for every case within a stated working time.</dd>
      <dt>Verdict</dt>
      <dd>Kept (met) or broken (missed) once it is done; until then running or overdue.</dd>
      <dt>Rule set</dt>
      <dd>One version of all rules: working hours, promises, who gets which case. A hash of its content names it.</dd>
      <dt>Reason</dt>
      <dd>The clause of the rule set that changes the verdict alone, or the clauses that change it together.</dd>
      <dt>Decisions that no rule change can undo</dt>
      <dd>When a response came, the rules of the day opened a case or did not. A replay doesn't change that.</dd>
      <dt>Digest</dt>
      <dd>
        A fingerprint of all read models. Equal digests mean that nothing differs. Activating the approved rules must
        give the digest after.
      </dd>
    </dl>
  </details>`;
