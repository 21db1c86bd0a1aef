import { describe, expect, test } from '@jest/globals';
import type { RecordedEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import { rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import type { RoutingRules } from '../recovery/rules/rule-set.js';
import type { Roster } from '../recovery/team/team.js';
import type { OwnedCase, ReactionInputs } from './effect.js';
import { handOnCases } from './hand-on-cases.js';

const at = '2031-05-05T12:00:00.000Z';
const cells = { yes: { do: 'recover' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } } as const;
const booksOf = (routing: RoutingRules | undefined) => {
  const triage = {
    low: { nps: 6 },
    cells: { low: cells, high: cells },
    owner: 'round-robin',
    ...(routing && { routing }),
  } as const;
  return ruleBooks({ care: [{ from: null, rules: compileRules(rulesOf([], { triage })) }] });
};
const HAND_ON = { onLeaving: 'hand-on' } as const;

const agents = (...ids: readonly string[]): Roster['members'] => ids.map((id) => ({ id, role: 'agent' }));
const changed = (members: Roster['members'], revision = 2) =>
  ({
    ...{ id: `change ${revision}`, type: 'TeamChanged', stream: 'team-north', revision, occurredAt: at },
    data: { team: 'north', name: 'North', members, fallbackOwner: 'sue' },
  }) as unknown as Extract<RecordedEvent, { type: 'TeamChanged' }>;

const owned = (id: string, more: Partial<OwnedCase> = {}): OwnedCase => ({
  ...{ case: id, owner: 'ana', customer: `customer of ${id}`, programme: 'care', kind: 'recover', priority: 'high' },
  ...{ touchpoint: null, product: null, language: null, tags: [] },
  ...more,
});

interface Given {
  readonly now?: ReturnType<typeof changed>;
  readonly routing?: RoutingRules | undefined;
  readonly cases?: readonly OwnedCase[];
}
const before = changed(agents('ana', 'ben', 'cem'), 1);
const without = changed(agents('ben', 'cem'));

function react(event: ReturnType<typeof changed>, { now = event, routing = HAND_ON, cases = [] }: Given = {}) {
  const inputs: ReactionInputs = {
    books: booksOf(routing),
    streams: new Map([['team-north', [now]]]),
    openCases: {},
    before,
    openCasesOf: cases,
  };
  const needs = handOnCases.needs.TeamChanged?.(event, inputs.books);
  return {
    owners: needs?.next?.(inputs).openCasesOf?.owners ?? [],
    handedOn: handOnCases.on.TeamChanged?.(event, inputs).map(({ id, command, key, programme, shardKey }) => ({
      ...{ id, command, key, programme, shardKey },
    })),
  };
}
const to = (event: ReturnType<typeof changed>, given: Given) =>
  react(event, given).handedOn?.map(({ command }) => ('toOwner' in command ? command.toOwner : undefined));

describe('whose cases are handed on', () => {
  test('of whoever was in the team and is not any more', () => {
    expect(react(without).owners).toEqual(['ana']);
    expect(react(changed(agents('ana', 'ben', 'cem', 'dag'))).owners).toEqual([]);
  });
  test('not of whoever came back in the meantime, or stays as another', () => {
    expect(react(without, { now: changed(agents('ana', 'ben'), 3) }).owners).toEqual([]);
    expect(react(changed([...agents('ben'), { id: 'ana', role: 'approver' }])).owners).toEqual(['cem']);
  });
  test('nothing is looked up where no rules say so', () => {
    expect(handOnCases.needs.TeamChanged?.(without, booksOf({}))).toEqual({ streams: [] });
    expect(handOnCases.needs.TeamChanged?.(without, booksOf(undefined))).toEqual({ streams: [] });
  });
});

describe('each case', () => {
  test('goes to the next, with the reason', () => {
    const reason = 'ana left North.';
    expect(react(without, { cases: [owned('k1')] }).handedOn).toEqual([
      {
        ...{ id: 'k1', key: 'k1', programme: 'care', shardKey: 'customer of k1' },
        command: { type: 'HandOnCase', fromOwner: 'ana', toOwner: 'ben', reason },
      },
    ]);
  });
  test('by the same choice as a new case: in turn, by skill, and never back to who left', () => {
    const cases = ['k1', 'k2', 'k3'].map((id) => owned(id));
    expect(to(without, { cases })).toEqual(['ben', 'cem', 'ben']);
    const skilled = changed([...agents('ben'), { id: 'cem', role: 'agent', skills: ['billing'] }]);
    const routing: RoutingRules = {
      ...HAND_ON,
      owners: [{ when: { kind: 'recover' }, owner: 'ana' }],
      skills: [{ when: { tags: { $in: ['billing'] } }, skill: 'billing' }],
    };
    expect(to(skilled, { routing, cases: [owned('k1', { tags: ['billing'] }), owned('k2')] })).toEqual(['cem', 'ben']);
  });
  test('falls to the fallback owner where nobody has room, and says so', () => {
    const full = changed([{ id: 'ben', role: 'agent', capacity: 1 }]);
    const cases = ['k1', 'k2'].map((id) => owned(id));
    expect(react(full, { cases }).handedOn).toMatchObject([
      { command: { toOwner: 'ben' } },
      { command: { toOwner: 'sue', because: 'no-room' } },
    ]);
  });
  test('stays where the rules of its own programme say nothing', () => {
    expect(react(without, { cases: [owned('k1', { programme: 'sales' })] }).handedOn).toEqual([]);
  });
});

describe('a case that comes to somebody who left, or back to them', () => {
  const event = (type: string, data: object) =>
    ({
      id: type,
      type,
      stream: 'case-k1',
      programme: 'care',
      occurredAt: at,
      revision: 1,
      actor: { id: 'ana', role: 'agent' },
      data,
    }) as unknown as RecordedEvent;
  const opened = event('CaseOpened', {
    ...{ case: 'k1', customer: 'eva', kind: 'recover', priority: 'high', team: 'north', tags: [] },
  });
  const assigned = event('CaseAssigned', { owner: 'ana', team: 'north', by: 'rule' });
  const submitted = event('CaseSubmitted', {});
  const returned = event('CaseReturned', { reason: 'No cause' });
  type Returned = Extract<RecordedEvent, { type: 'CaseReturned' }>;
  type Assigned = Extract<RecordedEvent, { type: 'CaseAssigned' }>;

  const handedOn = (told: readonly RecordedEvent[], changes: readonly RecordedEvent[]) => {
    const books = booksOf(HAND_ON);
    const needs = handOnCases.needs.CaseReturned?.(returned as Returned, books);
    const streams = new Map([['case-k1', told]]);
    const second = needs?.next?.({ streams, openCases: {} });
    const team = second?.lastOf?.[0];
    if (team === undefined) return 'nothing looked up';
    const last = new Map([[team, changes.slice(-1)]]);
    const third = second?.next?.({ streams: last, openCases: {} });
    const found = { books, streams: new Map([...streams, ...last]), openCases: {} };
    if (third?.streams.length === 1) found.streams.set(team, changes);
    return handOnCases.on.CaseReturned?.(returned as Returned, found)?.map(({ command }) => command);
  };
  const later = changed(agents('ben', 'cem', 'dag'), 3);

  test('goes on, however long ago they left', () => {
    const told = [opened, assigned, submitted, returned];
    expect(handedOn(told, [before, without, later])).toEqual([
      { type: 'HandOnCase', fromOwner: 'ana', toOwner: 'ben', reason: 'ana left North.' },
    ]);
  });
  test('stays with whoever is in the team, or never was: the rules meant them', () => {
    const told = [opened, assigned, submitted, returned];
    expect(handedOn(told, [without, before])).toEqual([]);
    expect(handedOn(told, [without, later])).toEqual([]);
  });
  test('is left alone where nobody works on it, and where no rule says otherwise', () => {
    expect(handedOn([opened, assigned, submitted], [before, without])).toBe('nothing looked up');
    expect(handedOn([opened], [before, without])).toBe('nothing looked up');
    const none = handOnCases.needs.CaseAssigned?.(assigned as Assigned, booksOf(undefined));
    expect(none).toEqual({ streams: [] });
  });
});
