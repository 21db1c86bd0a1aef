import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EventStore } from '../../event-store/event-store.js';
import type { RulesEvent } from '../../recovery/rules/rules-events.js';
import { compileRules } from '../../recovery/rules/compile.js';
import { RESOLVE, rulesOf } from '../../recovery/clocks/case-clocks.testing.js';
import { openHistory, appendEvents, type GivenEvent } from '../history.testing.js';
import { loadRuleBooks } from './rule-books.js';
import { booksOfView, type View } from './view.js';

let history: ReturnType<typeof openHistory>;
beforeEach(() => {
  history = openHistory();
});
afterEach(() => history.close());

const first = rulesOf([RESOLVE]);
const second = rulesOf([RESOLVE], { title: 'Care, stricter' });
const [one, two] = [compileRules(first).hash, compileRules(second).hash];
const told = (event: RulesEvent, occurredAt: string): GivenEvent => ({
  stream: `rules-${event.data.programme}`,
  event,
  occurredAt,
});
const drafted = (ruleSet: string, content: object): GivenEvent =>
  told({ type: 'RuleSetDrafted', data: { programme: 'care', ruleSet, content } }, '2031-01-01T00:00:00.000Z');
const activated = (ruleSet: string, from: string | null, overThePast = false): GivenEvent =>
  told(
    { type: 'RuleSetActivated', data: { programme: 'care', ruleSet, from, overThePast } },
    '2031-03-01T00:00:00.000Z',
  );

test('each rule set is in force from its time on, the first since ever', async () => {
  await appendEvents(history.events, [
    drafted(one, first),
    drafted(two, second),
    activated(one, null),
    activated(two, '2031-04-01T00:00:00.000Z'),
  ]);
  const { books } = await loadRuleBooks(history.events);
  expect(books.at('care', '1999-01-01T00:00:00.000Z')?.hash).toBe(one);
  expect(books.at('care', '2031-04-01T00:00:00.000Z')?.hash).toBe(two);
});

test('an override stands for the whole book, without a word in history', async () => {
  await appendEvents(history.events, [drafted(one, first), activated(one, null)]);
  const { entries } = await loadRuleBooks(history.events, { override: { care: second } });
  expect(entries).toEqual({ care: [{ ruleSet: two, from: null }] });
});

test('rules that were put in force before their time are told from those that held at once', async () => {
  const [atOnce, later] = ['2031-03-01T00:00:00.000Z', '2031-04-01T00:00:00.000Z'];
  await appendEvents(history.events, [
    drafted(one, first),
    drafted(two, second),
    activated(one, null),
    activated(two, atOnce),
    activated(one, later),
  ]);
  const { entries, books } = await loadRuleBooks(history.events);
  expect(entries['care']).toEqual([
    { ruleSet: one, from: null },
    { ruleSet: two, from: atOnce },
    { ruleSet: one, from: later, foreseen: true },
  ]);
  expect(books.book('care').map(({ foreseen }) => foreseen)).toEqual([undefined, undefined, true]);
});

test('history as it was known, under rules for one programme, has the others as they stood then', async () => {
  const sales = (event: GivenEvent): GivenEvent => ({
    ...event,
    stream: 'rules-sales',
    event: { ...event.event, data: { ...event.event.data, programme: 'sales' } } as RulesEvent,
  });
  await appendEvents(history.events, [
    ...[drafted(one, first), activated(one, null)],
    ...[drafted(one, first), activated(one, null), drafted(two, second), activated(two, null, true)].map(sales),
  ]);
  const [then, asked] = ['2031-02-01T00:00:00.000Z', rulesOf([RESOLVE], { title: 'Care, asked for' })];
  const at = async (view: View) => {
    const books = await booksOfView(history.events, view);
    return ['care', 'sales'].map((programme) => books.at(programme, then)?.hash);
  };
  expect(await at({ under: asked })).toEqual([compileRules(asked).hash, two]);
  expect(await at({ under: asked, knownAt: then })).toEqual([compileRules(asked).hash, one]);
});

test('rules in force that nobody drafted are a damaged history', async () => {
  await appendEvents(history.events, [activated(one, null)]);
  await expect(loadRuleBooks(history.events)).rejects.toThrow('never drafted');
});

test('rules that are read on from where they were known are those of the whole history', async () => {
  await appendEvents(history.events, [drafted(one, first), drafted(two, second), activated(one, null)]);
  const known = await loadRuleBooks(history.events);
  await appendEvents(history.events, [activated(two, '2031-04-01T00:00:00.000Z')]);
  const asked: (string | undefined)[] = [];
  const events: Pick<EventStore, 'readAll'> = {
    readAll: (options) => {
      asked.push(options?.from);
      return history.events.readAll(options);
    },
  };
  const readOn = await loadRuleBooks(events, { since: known });
  const whole = await loadRuleBooks(history.events);
  expect([readOn.entries, readOn.drafts, readOn.readTo]).toEqual([whole.entries, whole.drafts, whole.readTo]);
  expect(asked).toEqual([known.readTo]);
  expect(known.entries['care']).toHaveLength(1);
});
