import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileFilter } from '../filter/predicate.js';
import { rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import type { ThrottleRule } from '../recovery/rules/rule-set.js';
import { HELD_BACK_STATES, heldBackState, heldBackThat } from '../reports/held-back-list.js';
import { documents, inputs, NO_RULES, record } from './documents.testing.js';
import { funnel } from './funnel.js';
import { heldBack } from './held-back.js';

const CELL = { do: 'call-back', priority: 'low' } as const;
const CELLS = { yes: CELL, no: CELL, 'not-answered': CELL };
const rulesWith = (throttle: ThrottleRule | undefined) => {
  const triage = {
    low: { nps: 6 },
    cells: { low: CELLS, high: CELLS },
    overrides: [{ id: 'gold', when: { tags: { $in: ['gold'] } }, priority: 'high', team: 'south' }],
    team: 'north',
    throttle,
  };
  return inputs(ruleBooks({ service: [{ from: null, rules: compileRules(rulesOf([], { triage })) }] }));
};
const withinTwoDays = rulesWith({ perTeamAndDay: 1, release: { order: 'oldest-first', within: '2d' } });

const received = (response: string, score = 2): RecoveryEvent => ({
  type: 'ResponseReceived',
  data: {
    response,
    source: 'web',
    externalId: response,
    kind: 'survey',
    customer: 'customer-1',
    answers: [
      { metric: 'nps', score: 8 },
      { metric: 'csat', score },
    ],
    contactMe: 'not-answered',
    commentLength: 0,
    tags: [],
  },
});
const triaged = (response: string, outcome: 'held-back' | 'respected', rule = 'low/not-answered'): RecoveryEvent => ({
  type: 'ResponseTriaged',
  data: { response, score: 'low', contactMe: 'not-answered', rule, outcome, ruleSet: 'x' },
});
const released = (response: string): RecoveryEvent => ({
  type: 'ResponseReleased',
  data: { response, case: 'k', by: 'rule', kind: 'recover', priority: 'high', team: 'west' },
});
const expired = (response: string): RecoveryEvent => ({
  type: 'ResponseExpired',
  data: { response, heldUntil: '2031-05-07T09:00:00.000Z' },
});
const told = (...events: readonly RecoveryEvent[]) =>
  record(...events.map((event) => [`response-${'response' in event.data ? event.data.response : ''}`, event] as const));

describe('what is held back', () => {
  test('is shown with the case that it waits for, its worst answer, and until when', async () => {
    const history = told(received('r'), triaged('r', 'held-back'));
    expect(await documents(heldBack, history, withinTwoDays)).toMatchObject({
      r: {
        response: 'r',
        kind: 'call-back',
        priority: 'low',
        team: 'north',
        lowest: 0.25,
        respondedAt: '2031-05-05T09:00:00.000Z',
        heldBackAt: '2031-05-05T09:01:00.000Z',
        heldUntil: '2031-05-07T09:00:00.000Z',
        waitsUntil: '2031-05-07T09:00:00.000Z',
        releasedAt: null,
      },
    });
  });
  test('waits no more once it is released, or its expiry is recorded', async () => {
    const held = [received('r'), triaged('r', 'held-back')];
    for (const ends of [released('r'), expired('r')])
      expect(await documents(heldBack, told(...held, ends), withinTwoDays)).toMatchObject({ r: { waitsUntil: null } });
    expect(await documents(heldBack, told(...held), NO_RULES)).toMatchObject({
      r: { waitsUntil: '9999-12-31T23:59:59.999Z' },
    });
  });
  test('waits for what the override says that held it back', async () => {
    const history = told(received('r'), triaged('r', 'held-back', 'gold'));
    expect(await documents(heldBack, history, withinTwoDays)).toMatchObject({ r: { team: 'south', priority: 'high' } });
  });
  test('never expires under a throttle that says no age, and waits although its rules are gone', async () => {
    const history = told(received('r'), triaged('r', 'held-back'));
    for (const rules of [rulesWith({ perTeamAndDay: 1 }), rulesWith(undefined), NO_RULES])
      expect(await documents(heldBack, history, rules)).toMatchObject({ r: { heldUntil: null, releasedAt: null } });
    expect(await documents(heldBack, history, NO_RULES)).toMatchObject({ r: { kind: 'recover', team: null } });
  });
  test('stays on the list once it is released, with the case that it got', async () => {
    const history = told(received('r'), triaged('r', 'held-back'), released('r'));
    expect(await documents(heldBack, history, withinTwoDays)).toMatchObject({
      r: { case: 'k', team: 'west', priority: 'high', releasedAt: '2031-05-05T09:02:00.000Z', releasedBy: 'rule' },
    });
  });
  test('is nothing that was respected', async () => {
    expect(await documents(heldBack, told(received('r'), triaged('r', 'respected')), withinTwoDays)).toEqual({});
  });
});

test('at any time each that was held back waits, is released or has expired, recorded or not, and the funnel agrees', async () => {
  const ways = { waiting: [], released: [released], expired: [expired], both: [expired, released] } as const;
  const histories = fc.array(fc.constantFrom(...(Object.keys(ways) as (keyof typeof ways)[])), { maxLength: 6 });
  const times = fc.constantFrom('2031-05-05T10:00:00.000Z', '2031-05-07T09:00:00.000Z', '2031-06-01T00:00:00.000Z');
  await fc.assert(
    fc.asyncProperty(histories, times, fc.boolean(), async (each, at, ages) => {
      const history = record(
        ...each.flatMap((way, n) => {
          const id = `r${n}`;
          const events = [received(id), triaged(id, 'held-back'), ...ways[way].map((event) => event(id))];
          // All came at once, so all expire at once.
          return events.map((event, minute) => [`response-${id}`, event, { minute }] as const);
        }),
      );
      const rules = ages ? withinTwoDays : rulesWith({ perTeamAndDay: 1 });
      const shown = Object.values(await documents(heldBack, history, rules));
      const steps = Object.values(await documents(funnel, history, rules));
      expect(shown).toHaveLength(each.length);
      for (const document of shown) {
        const states = HELD_BACK_STATES.filter((state) => compileFilter(heldBackThat(state, at))(document));
        expect(states).toEqual([heldBackState(document, at)]);
      }
      const isExpired = compileFilter({ outcome: 'held-back', released: false, heldUntil: { $lte: at } });
      const count = (state: string) => shown.filter((document) => heldBackState(document, at) === state).length;
      expect(steps.filter((step) => isExpired(step))).toHaveLength(count('expired'));
      expect(steps.filter((step) => step['released'])).toHaveLength(count('released'));
      expect(count('waiting') + count('expired') + count('released')).toBe(each.length);
    }),
    { numRuns: 40 },
  );
});
