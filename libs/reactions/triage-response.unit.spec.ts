import { describe, expect, test } from '@jest/globals';
import { isRefusal } from '../event-sourcing/decider.js';
import { idOf } from '../event-sourcing/identity.js';
import { AGGREGATES } from '../recovery/aggregates.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet, TriageRules } from '../recovery/rules/rule-set.js';
import type { Effect, ReactionInputs } from './effect.js';
import { neededToRelease, releaseByRule } from './release-held-back.js';
import { triageResponse } from './triage-response.js';

const at = '2031-05-05T12:00:00.000Z';
const MATRIX: TriageRules = {
  low: { nps: 6 },
  cells: {
    low: { yes: { do: 'recover', priority: 'high' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } },
    high: { yes: { do: 'call-back' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
  },
  team: 'north',
  owner: 'round-robin',
};
const booksOf = (triage: TriageRules, calendars: RuleSet['calendars'] = {}) => {
  const rules: RuleSet = {
    programme: 'deliveries',
    title: 'Rules',
    reviewBy: '2032-05-05',
    fallbackOwner: 'duty-manager',
    calendars,
    targets: [],
    triage,
  };
  return ruleBooks({ deliveries: [{ from: null, rules: compileRules(rules) }] });
};
const recorded = <T extends RecoveryEvent['type']>(
  event: Extract<RecoveryEvent, { type: T }>,
  stream: string,
  programme = 'deliveries',
) =>
  ({
    id: `event of ${event.type}`,
    schemaVersion: 1,
    stream,
    revision: 1,
    position: '1',
    shard: 1,
    programme,
    occurredAt: at,
    knownAt: at,
    recordedAt: at,
    actor: { id: 'x', role: 'system' },
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
    ...event,
  }) as Extract<RecordedEvent, { type: T }>;

const received = (more: object = {}, programme?: string) =>
  recorded<'ResponseReceived'>(
    {
      type: 'ResponseReceived',
      data: {
        response: 'r1',
        source: 'survey-tool',
        externalId: '117',
        kind: 'survey',
        customer: 'cus-1',
        touchpoint: 'delivery',
        answers: [{ metric: 'nps', score: 2 }],
        contactMe: 'yes',
        commentLength: 0,
        tags: ['late'],
        ...more,
      },
    },
    'response-r1',
    programme,
  );
const team = recorded<'TeamChanged'>(
  {
    type: 'TeamChanged',
    data: { team: 'north', name: 'North', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'sue' },
  },
  'team-north',
);
const inputs = (more: Partial<ReactionInputs> = {}): ReactionInputs => ({
  books: booksOf(MATRIX),
  streams: new Map<string, readonly RecordedEvent[]>([
    ['team-north', [team]],
    ['response-r1', [received()]],
  ]),
  openCases: {},
  ...more,
});
const triage = (event: ReturnType<typeof received>, given = inputs()) =>
  triageResponse.on.ResponseReceived?.(event, given) ?? [];

/** The recorded events of an effect's command on a new stream. */
function allocatedBy(effect: Effect | undefined) {
  if (effect?.aggregate !== 'intake') throw new Error('Expected an effect on an intake.');
  const { decider } = AGGREGATES.intake;
  const context = { now: at, actor: { id: 'triage-response', role: 'system' }, commandId: 'c' };
  const decision = decider.decide(effect.command, decider.initialState, context);
  if (isRefusal(decision)) throw new Error(decision.because);
  return decision.map((event) => recorded(event, effect.stream));
}

describe('a response that opens no case', () => {
  test.each([
    ['respected', { contactMe: 'no' }],
    ['nothing', { answers: [{ metric: 'nps', score: 9 }], contactMe: 'not-answered' }],
  ])('is triaged at once: %s', (outcome, more) => {
    expect(triage(received(more))).toMatchObject([
      {
        aggregate: 'response',
        stream: 'response-r1',
        shardKey: 'cus-1',
        programme: 'deliveries',
        command: { type: 'TriageResponse', outcome },
      },
    ]);
    expect(triageResponse.needs.ResponseReceived?.(received(more), booksOf(MATRIX))).toEqual({ streams: [] });
  });
  test('a programme without rules triages nothing', () => {
    expect(triage(received({}, 'unheard-of'))).toEqual([]);
  });
});

describe('a response that wants a case', () => {
  const [effect] = triage(received());
  test('needs the team and its open cases from before the day', () => {
    expect(triageResponse.needs.ResponseReceived?.(received(), booksOf(MATRIX))).toEqual({
      streams: [],
      lastOf: ['team-north'],
      openCasesBefore: '2031-05-05T00:00:00.000Z',
    });
  });
  test('goes to its team’s intake of the day, with a case id from source and external id', () => {
    expect(effect).toMatchObject({
      aggregate: 'intake',
      stream: 'intake-north-2031-05-05',
      command: { case: idOf('survey-tool', '117'), roster: { fallbackOwner: 'sue' }, touchpoint: 'delivery' },
    });
  });
  test('gets triaged and its case opened once it is allocated, with the content of the response', () => {
    const [allocated] = allocatedBy(effect);
    if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
    expect(triageResponse.needs.IntakeAllocated?.(allocated, booksOf(MATRIX))).toEqual({ streams: ['response-r1'] });
    const id = idOf('survey-tool', '117');
    expect(triageResponse.on.IntakeAllocated?.(allocated, inputs())).toMatchObject([
      {
        stream: 'response-r1',
        command: { type: 'TriageResponse', outcome: 'opened', case: id, score: 'low', rule: 'low/yes' },
      },
      {
        aggregate: 'case',
        stream: `case-${id}`,
        shardKey: 'cus-1',
        programme: 'deliveries',
        command: {
          type: 'OpenCase',
          case: id,
          customer: 'cus-1',
          response: 'r1',
          kind: 'recover',
          priority: 'high',
          team: 'north',
          touchpoint: 'delivery',
          tags: ['late'],
          owner: 'ana',
          assignedBy: 'rule',
        },
      },
    ]);
  });
  test('is triaged as held back if the throttle holds it back', () => {
    const books = booksOf({ ...MATRIX, throttle: { perTeamAndDay: 0, holdsBackYes: true } });
    const [heldBack] = allocatedBy(triage(received(), inputs({ books }))[0]);
    if (heldBack?.type !== 'IntakeHeldBack') throw new Error('Expected it to be held back.');
    expect(triageResponse.on.IntakeHeldBack?.(heldBack, inputs())).toMatchObject([
      { stream: 'response-r1', command: { type: 'TriageResponse', outcome: 'held-back', score: 'low' } },
    ]);
  });
  test('uses the programme’s own intake without a team, and the case has no team', () => {
    const { team: _, ...teamless } = MATRIX;
    const [effectOfProgramme] = triage(received(), inputs({ books: booksOf(teamless), streams: new Map() }));
    expect(effectOfProgramme).toMatchObject({ stream: 'intake-deliveries-2031-05-05' });
    const [allocated] = allocatedBy(effectOfProgramme);
    if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
    const [, open] = triageResponse.on.IntakeAllocated?.(allocated, inputs()) ?? [];
    expect(open).toMatchObject({ command: { owner: 'duty-manager', assignedBy: 'programme-fallback' } });
    expect(open?.command).not.toHaveProperty('team');
  });
  test('an allocation of a response that was never received throws', () => {
    const [allocated] = allocatedBy(effect);
    if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
    expect(() => triageResponse.on.IntakeAllocated?.(allocated, inputs({ streams: new Map() }))).toThrow(
      'never received',
    );
  });
});

describe('what was held back', () => {
  const triagedAs: Extract<RecordedEvent, { type: 'ResponseTriaged' }> = recorded<'ResponseTriaged'>(
    {
      type: 'ResponseTriaged',
      data: {
        response: 'r1',
        score: 'low',
        contactMe: 'yes',
        rule: 'low/yes',
        outcome: 'held-back',
        ruleSet: 'rules of then',
      },
    },
    'response-r1',
  );
  const id = idOf('survey-tool', '117');
  const released = (by: 'rule' | 'person') =>
    recorded<'ResponseReleased'>(
      {
        type: 'ResponseReleased',
        data: { response: 'r1', case: id, by, kind: 'recover', priority: 'high', team: 'north' },
      },
      'response-r1',
    );
  const given = inputs({
    streams: new Map<string, readonly RecordedEvent[]>([
      ['team-north', [team]],
      ['response-r1', [received(), triagedAs]],
    ]),
  });

  test('gets an owner from the intake of the day on which a person releases it, without a limit', () => {
    expect(triageResponse.needs.ResponseReleased?.(released('person'), booksOf(MATRIX))).toEqual({
      streams: ['response-r1'],
      lastOf: ['team-north'],
      openCasesBefore: '2031-05-05T00:00:00.000Z',
    });
    const throttled = { ...given, books: booksOf({ ...MATRIX, throttle: { perTeamAndDay: 1 } }) };
    const [effect] = triageResponse.on.ResponseReleased?.(released('person'), throttled) ?? [];
    expect(effect).toMatchObject({ stream: 'intake-north-2031-05-05', command: { case: id, released: 'person' } });
    const [allocated] = allocatedBy(effect);
    if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
    expect(allocated.data).toMatchObject({ owner: 'ana', rule: 'low/yes', ruleSet: 'rules of then' });
    expect(triageResponse.on.IntakeAllocated?.(allocated, given)).toMatchObject([
      { stream: `case-${id}`, command: { type: 'OpenCase', owner: 'ana', team: 'north', ruleSet: 'rules of then' } },
    ]);
  });
  test('is recorded as released, and opened, once a rule gave it room', () => {
    expect(triageResponse.on.ResponseReleased?.(released('rule'), given)).toEqual([]);
    const day = { programme: 'deliveries', team: 'north', at, day: '2031-05-05' };
    const heldBack = { ...triagedAs.data, case: id, kind: 'recover', priority: 'high' } as const;
    const rulesWith = (throttle: TriageRules['throttle']) => {
      const rules = booksOf({ ...MATRIX, throttle }).at('deliveries', at);
      if (!rules) throw new Error('Expected rules.');
      return releaseByRule([heldBack], { ...day, rules }, given);
    };
    expect(rulesWith({ perTeamAndDay: 5 })).toBeUndefined();
    const effect = rulesWith({ perTeamAndDay: 5, release: { order: 'oldest-first', within: '2d' } });
    const [allocated] = allocatedBy(effect);
    if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
    expect(triageResponse.on.IntakeAllocated?.(allocated, given)).toMatchObject([
      { stream: 'response-r1', command: { type: 'RecordRelease', case: id, kind: 'recover', team: 'north' } },
      { stream: `case-${id}`, command: { type: 'OpenCase', owner: 'ana', priority: 'high' } },
    ]);
  });
});

describe('working hours', () => {
  const office = { zone: 'Etc/UTC', hours: { mon: ['09:00-12:00'] } } as const;
  const late = { zone: 'Etc/UTC', hours: { mon: ['12:00-20:00'] } } as const;
  const members = [
    { id: 'ana', role: 'agent', calendar: 'office' },
    { id: 'ben', role: 'agent', calendar: 'late' },
    { id: 'cem', role: 'agent', calendar: 'no such' },
    { id: 'dag', role: 'agent' },
  ] as const;
  const roster = { ...team.data, members };
  const asked = (routing: TriageRules['routing']) => {
    const of = { streams: new Map([['team-north', [{ ...team, data: roster }]]]) };
    const [effect] = triage(received(), inputs({ ...of, books: booksOf({ ...MATRIX, routing }, { office, late }) }));
    return effect?.command;
  };
  test('are looked up where the rules ask for them; whose calendar is unknown works at any time', () => {
    expect(asked({ workingNow: 'required' })).toMatchObject({ offHours: ['ana'] });
    expect(asked({})).not.toHaveProperty('offHours');
  });
});

test('a case that nobody had room for says so', () => {
  const full = { ...team.data, members: [{ id: 'ana', role: 'agent', capacity: 0 }] } as const;
  const given = inputs({
    streams: new Map([
      ['team-north', [{ ...team, data: full }]],
      ['response-r1', [received()]],
    ]),
  });
  const [effect] = triage(received(), given);
  const [allocated] = allocatedBy(effect);
  if (allocated?.type !== 'IntakeAllocated') throw new Error('Expected an allocation.');
  const opening = triageResponse.on.IntakeAllocated?.(allocated, given)[1];
  expect(opening?.command).toMatchObject({ owner: 'sue', assignedBy: 'team-fallback', because: 'no-room' });
  if (opening?.aggregate !== 'case') throw new Error('Expected an effect on a case.');
  const context = { now: at, actor: { id: 'x', role: 'system' }, commandId: 'c', rules: undefined };
  expect(AGGREGATES.case.decider.decide(opening.command, AGGREGATES.case.decider.initialState, context)).toMatchObject([
    { type: 'CaseOpened' },
    { type: 'CaseAssigned', data: { owner: 'sue', by: 'team-fallback', because: 'no-room' } },
  ]);
});

describe('the owner of the customer’s last case', () => {
  const routing = { lastOwner: { within: '30d' } };
  test('is looked for where the rules let them have the next one', () => {
    const needs = (of: TriageRules) => triageResponse.needs.ResponseReceived?.(received(), booksOf(of));
    expect(needs(MATRIX)?.lastOwnersOf).toBeUndefined();
    const asked = needs({ ...MATRIX, routing })?.lastOwnersOf;
    expect(asked?.since).toBe('2031-04-05T12:00:00.000Z');
    expect(asked?.customers).toEqual(['cus-1']);
    const lastOwners = new Map([['cus-1', 'ana']]);
    expect(triage(received(), inputs({ lastOwners }))).toMatchObject([{ command: { lastOwner: 'ana' } }]);
  });
  test('is looked for in what waits, too', () => {
    const books = booksOf({
      ...MATRIX,
      routing,
      throttle: { perTeamAndDay: 5, release: { order: 'oldest-first', within: '2d' } },
    });
    const rules = books.at('deliveries', at);
    if (!rules) throw new Error('Expected rules.');
    const day = { programme: 'deliveries', team: 'north', at, day: '2031-05-05', rules };
    const waiting = [
      { response: 'r1', case: 'k1', kind: 'recover', priority: 'high', score: 'low', rule: 'low/yes', ruleSet: 'x' },
    ] as const;
    const { streams, next } = neededToRelease(day, waiting);
    expect(streams).toEqual(['response-r1']);
    expect(next?.(inputs()).lastOwnersOf?.customers).toEqual(['cus-1']);
    const lastOwners = new Map([['cus-1', 'ana']]);
    expect(releaseByRule(waiting, day, inputs({ lastOwners }))).toMatchObject({
      command: { waiting: [{ response: 'r1', lastOwner: 'ana' }] },
    });
  });
});
