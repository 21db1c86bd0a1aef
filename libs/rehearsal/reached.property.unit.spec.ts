import { Inputs } from '../read-models/inputs.js';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CaseEvent } from '../recovery/case/case.js';
import type { RecoveryEvent } from '../recovery/history.js';
import type { RuleSet, TargetRule } from '../recovery/rules/rule-set.js';
import {
  approved,
  opened,
  paused,
  prioritised,
  RESOLVE,
  resumed,
  returned,
  rulesOf,
  submitted,
} from '../recovery/clocks/case-clocks.testing.js';
import { digestBuild } from '../replay/digest/digest.js';
import { openReads, type GivenEvent } from '../replay/history.testing.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { READ_AT, caseEvents, historyOf, inForce, PROJECTIONS } from './rehearsing.testing.js';
import { changedVerdicts, type ChangedVerdict } from './changed-verdicts.js';
import { rehearseShare, type ShareRequest } from './share.js';
import { scopeOf, sidesOf, type RehearsalRequest } from './sides.js';
import { Explainer } from './why.js';

const MONDAY = Date.parse('2031-05-05T09:00:00.000Z');
const HOUR = 3_600_000;
const instant = (hours: number): string => new Date(MONDAY + hours * HOUR).toISOString();

const steps: fc.Arbitrary<CaseEvent> = fc.constantFrom<CaseEvent>(
  paused,
  resumed,
  submitted,
  approved,
  returned,
  prioritised('high'),
  prioritised('normal'),
  prioritised('none'),
  { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } },
  { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } },
  { type: 'RootCauseIdentified', data: { cause: ['billing', 'amount'] } },
  { type: 'RootCauseIdentified', data: { cause: ['delivery'] } },
  { type: 'ReSurveyAnswered', data: { survey: 's', answers: [{ metric: 'nps', score: 6 }] } },
);

const someCase = (name: string): fc.Arbitrary<readonly GivenEvent[]> =>
  fc
    .tuple(
      fc.constantFrom('high', 'normal', 'none'),
      fc.constantFrom('shop', 'web'),
      fc.array(fc.tuple(steps, fc.nat(30)), { maxLength: 6 }),
    )
    .map(([priority, touchpoint, later]) => {
      let at = 0;
      const given = later.map(([event, hours]) => [instant((at += hours)), event] as const);
      return caseEvents(name, [instant(0), opened(priority, { touchpoint })], ...given);
    });

const someResponse: fc.Arbitrary<readonly GivenEvent[]> = fc.nat(10).map((score) => [
  {
    stream: 'response-r',
    occurredAt: instant(2),
    event: {
      type: 'ResponseReceived',
      data: {
        response: 'r',
        source: 's',
        externalId: 'r',
        kind: 'survey',
        customer: 'u',
        answers: [{ metric: 'nps', score }],
        contactMe: 'yes',
        commentLength: 0,
        tags: [],
      },
    } satisfies RecoveryEvent,
  },
]);

const given = fc
  .tuple(someCase('one'), someCase('two'), someCase('three'), someResponse)
  .map((streams) => streams.flat());

const target = fc
  .record({
    high: fc.constantFrom('2h', '4h'),
    normal: fc.constantFrom('6h', '8h'),
    holds: fc.boolean(),
    retarget: fc.constantFrom('keep', 'restart', 'pinned'),
    warnBefore: fc.constantFrom('30m', '1h'),
  } as const)
  .map(({ high, normal, holds, retarget, warnBefore }): TargetRule => {
    const { pause, ...rest } = RESOLVE;
    const goals = [
      { when: { priority: 'high' }, within: high },
      { when: { priority: 'normal' }, within: normal },
    ];
    return { ...rest, goals, retarget, warnBefore, ...(holds ? { pause } : {}) };
  });

const REVIEW: TargetRule = {
  id: 'review',
  title: 'Review',
  start: { status: 'submitted' },
  stop: { approved: true },
  goals: [{ within: '16h' }],
  reopen: 'restart',
};

const RENAMED = [{ from: ['billing'], to: ['invoices'], when: { touchpoint: 'shop' } }];

/** Two rule sets that differ in some of their parts, or in none. */
const ruleSets = fc
  .record({
    targets: target,
    reviewed: fc.boolean(),
    holiday: fc.boolean(),
    renamed: fc.boolean(),
    low: fc.constantFrom(5, 7),
    spacing: fc.constantFrom('1h', '4h'),
    title: fc.constantFrom('Care', 'Care more'),
  })
  .map(({ targets, reviewed, holiday, renamed, low, spacing, title }): RuleSet => {
    const made = rulesOf(reviewed ? [targets, REVIEW] : [targets], {
      title,
      rootCauses: renamed ? { mapped: RENAMED } : {},
      triage: {
        low: { nps: low },
        cells: {
          low: { yes: { do: 'recover' }, no: { do: 'respect' }, 'not-answered': { do: 'nothing' } },
          high: { yes: { do: 'call-back' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
        },
      },
      contact: { tries: 3, spacing },
    });
    const office = made.calendars['office'];
    if (!holiday || !office) return made;
    return { ...made, calendars: { office: { ...office, holidays: ['2031-05-06'] } } };
  });

/** Pairs of which the second replaces some parts of the first, like a draft. */
const drafts = fc.tuple(
  ruleSets,
  ruleSets,
  fc.subarray(['targets', 'calendars', 'rootCauses', 'triage', 'contact', 'title'] as const),
);
const asDrafted = ([one, other, parts]: readonly [RuleSet, RuleSet, readonly (keyof RuleSet)[]]): RuleSet => ({
  ...one,
  ...Object.fromEntries(parts.map((part) => [part, other[part]])),
});

const since = fc.option(fc.nat(80).map(instant), { nil: undefined });

test('a rehearsal, which folds twice only what a draft affects, equals two whole builds', async () => {
  await fc.assert(
    fc.asyncProperty(given, drafts, since, fc.constantFrom(1, 8, 200), async (history, pair, from, partSize) => {
      const [ruleSet] = pair;
      const candidate = { ruleSet: asDrafted(pair), ...(from === undefined ? {} : { since: from }) };
      const { store, rehearsed } = await historyOf(...inForce(ruleSet), ...history);
      try {
        const { events } = store;
        const inShares = async (all: ShareRequest) => [
          await rehearseShare(all, { events, projections: PROJECTIONS, partSize }),
        ];
        const found = await rehearsed(candidate.ruleSet, { candidate, inShares });
        const built = await builtTwice(store.events, { candidate, at: READ_AT, most: 1_000 });
        expect([found.digestBefore, found.digestAfter]).toEqual(built.digests);
        expect(found.changed).toEqual(built.changed);
      } finally {
        await store.close();
      }
    }),
    { numRuns: 60 },
  );
});

/** The plain version: builds both sides, stores and compares them. */
async function builtTwice(
  events: Awaited<ReturnType<typeof historyOf>>['store']['events'],
  asked: RehearsalRequest,
): Promise<{ readonly digests: readonly string[]; readonly changed: readonly ChangedVerdict[] }> {
  const { before, after } = await sidesOf(events, asked, (await events.end()) ?? '');
  const reads = openReads();
  try {
    const build = async ({ books, entries }: typeof before, reason: string): Promise<number> => {
      const inputs = new Inputs(books);
      const options = { events, reads, projections: PROJECTIONS, inputs, ruleBooks: entries, reason, stepMs: Infinity };
      return (await rebuild(options)).id;
    };
    const [one, other] = [await build(before, 'before'), await build(after, 'after')];
    const scope = scopeOf(asked);
    const explainer = new Explainer({ before: before.books, after: after.books }, scope.programme);
    const changed: ChangedVerdict[] = [];
    for await (const verdict of changedVerdicts(
      { reads, generation: one },
      { reads, generation: other },
      scope,
      explainer,
    ))
      changed.push(verdict);
    return { digests: [(await digestBuild(reads, one)).digest, (await digestBuild(reads, other)).digest], changed };
  } finally {
    await reads.close();
  }
}
