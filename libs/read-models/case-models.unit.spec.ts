import { describe, expect, test } from '@jest/globals';
import { booksOf, rulesOf, RESOLVE } from '../recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent } from '../recovery/history.js';
import { cases } from './cases.js';
import { clocks } from './clocks.js';
import { customers } from './customers.js';
import { documents, inputs, record, twice } from './documents.testing.js';
import { funnel } from './funnel.js';
import { queues } from './queues.js';
import { READ_MODELS } from './read-models.js';
import { rootCauses } from './root-causes.js';
import { teams } from './teams.js';
import { times } from './times.js';

/** One complaint from its first word to the customer's answer afterwards; one event a quarter of an hour, on a Monday. */
const told = record(
  [
    'response-r',
    {
      type: 'ResponseReceived',
      data: {
        response: 'r',
        source: 'web',
        externalId: '1',
        kind: 'survey',
        customer: 'customer-1',
        answers: [{ metric: 'nps', score: 2 }],
        contactMe: 'yes',
        commentLength: 0,
        tags: [],
      },
    },
    { minute: 0 },
  ],
  [
    'response-r',
    {
      type: 'ResponseTriaged',
      data: {
        response: 'r',
        score: 'low',
        contactMe: 'yes',
        rule: 'low/yes',
        outcome: 'opened',
        case: '7',
        ruleSet: 'x',
      },
    },
    { minute: 0 },
  ],
  [
    'case-7',
    {
      type: 'CaseOpened',
      data: {
        case: '7',
        customer: 'customer-1',
        kind: 'recover',
        priority: 'normal',
        response: 'r',
        reference: 'INC7',
        tags: [],
      },
    },
    { minute: 0 },
  ],
  ['case-7', { type: 'CaseAssigned', data: { owner: 'ana', team: 'north', by: 'rule' } }, { minute: 0 }],
  ['case-7', { type: 'ContactAttempted', data: { channel: 'phone', outcome: 'reached' } }, { minute: 60 }],
  [
    'case-7',
    {
      type: 'ResolutionOffered',
      data: { offer: 'o1', kind: 'refund', value: { amount: 500, currency: 'EUR' }, needsAuthority: true },
    },
    { minute: 75 },
  ],
  [
    'case-7',
    { type: 'ResolutionOffered', data: { offer: 'o2', kind: 'apology', needsAuthority: false } },
    { minute: 80 },
  ],
  [
    'case-7',
    { type: 'OfferAuthorised', data: { offer: 'o1' } },
    { minute: 90, actor: { id: 'sue', role: 'supervisor' } },
  ],
  ['case-7', { type: 'OfferAnswered', data: { offer: 'o1', answer: 'accepted' } }, { minute: 100 }],
  ['case-7', { type: 'RootCauseIdentified', data: { cause: ['process', 'billing'] } }, { minute: 110 }],
  ['case-7', { type: 'CaseSubmitted', data: {} }, { minute: 120 }],
  ['case-7', { type: 'CaseApproved', data: {} }, { minute: 180, actor: { id: 'pia', role: 'approver' } }],
  ['case-7', { type: 'ReSurveySent', data: { survey: 's', channel: 'e-mail' } }, { minute: 200 }],
  [
    'case-7',
    { type: 'ReSurveyAnswered', data: { survey: 's', answers: [{ metric: 'nps', score: 9 }] } },
    { minute: 300 },
  ],
  [
    'case-7',
    { type: 'VerdictReported', data: { target: 'resolve', verdict: 'missed', field: 'made_sla' } },
    { minute: 301 },
  ],
  ['case-7', { type: 'VerdictReported', data: { target: 'timely', verdict: 'met', field: 'timely' } }, { minute: 302 }],
  [
    'team-north',
    {
      type: 'TeamChanged',
      data: { team: 'north', name: 'North', members: [{ id: 'ana', role: 'agent' }], fallbackOwner: 'ana' },
    },
    { minute: 310 },
  ],
);
const cell = { do: 'recover' } as const;
const cells = { yes: cell, no: cell, 'not-answered': cell };
const rules = inputs(
  booksOf([
    null,
    rulesOf([RESOLVE], {
      triage: { low: { nps: 6 }, cells: { low: cells, high: cells } },
      rootCauses: { mapped: [{ from: ['process', 'billing'], to: ['money'] }] },
    }),
  ]),
);
const history = told.map((event): RecordedEvent => ({ ...event, programme: 'care' }));

test('a clock says what was promised, what came of it, and where a source says otherwise', async () => {
  expect(await documents(clocks, history, rules)).toMatchObject({
    '7:resolve:1': {
      state: 'completed',
      met: true,
      reported: 'missed',
      disagrees: true,
      workingMs: 7_200_000,
      priority: 'normal',
      owner: 'ana',
      dueAt: expect.any(String),
    },
    '7:timely:0': { state: 'unattached', met: null, reported: 'met', disagrees: false, cycle: 0 },
  });
});

test('the queue says what falls due next', async () => {
  expect(await documents(queues, history.slice(0, 5), rules)).toMatchObject({
    '7': { nextTarget: 'resolve', nextDueAt: '2031-05-05T17:00:00.000Z', contacted: true },
  });
  expect(await documents(queues, history, rules)).toEqual({});
});

test('the case holds all that was said of it, and who worked on it', async () => {
  expect(await documents(cases, history, rules)).toMatchObject({
    '7': {
      status: 'approved',
      revision: 14,
      workedBy: ['ana', 'sue'],
      offers: [
        { offer: 'o1', authorisedBy: 'sue', answer: 'accepted' },
        { offer: 'o2', answer: null },
      ],
      cause: { cause: ['process', 'billing'], readAs: ['money'] },
      reSurveys: [{ answers: [{ metric: 'nps', score: 9 }] }],
      reported: { resolve: 'missed', timely: 'met' },
    },
  });
});

test('what is told late of an earlier day does not take the last event back to that day', async () => {
  const late = record(
    [
      'case-9',
      { type: 'CaseOpened', data: { case: '9', customer: 'customer-1', kind: 'recover', priority: 'low', tags: [] } },
      { occurredAt: '2031-04-28T09:00:00.000Z' },
    ],
    ['case-9', { type: 'CaseApproved', data: {} }, { occurredAt: '2031-05-02T09:00:00.000Z' }],
    ['case-9', { type: 'NoteAdded', data: { note: 'They had called' } }, { occurredAt: '2031-04-30T09:00:00.000Z' }],
  );
  expect(await documents(cases, late)).toMatchObject({
    '9': { status: 'approved', revision: 3, lastEventAt: '2031-05-02T09:00:00.000Z' },
  });
});

test('a cause is kept as recorded and as the rules read it', async () => {
  expect(await documents(rootCauses, history, rules)).toMatchObject({
    '7': { level1: 'money', level2: null, recorded1: 'process', recorded2: 'billing', month: '2031-05', team: 'north' },
  });
});

test('the funnel says how far the response and the case came', async () => {
  expect(await documents(funnel, history, rules)).toMatchObject({
    'response-r': { score: 'low', flagged: true, outcome: 'opened', case: '7' },
    '7': {
      contacted: true,
      offers: 2,
      accepted: 1,
      declined: 0,
      unanswered: 1,
      approved: true,
      reSurveyed: true,
      recovered: true,
      answers: [
        { offer: 'o1', answer: 'accepted' },
        { offer: 'o2', answer: 'none' },
      ],
    },
  });
});

test('times are counted from the opening, by the wall and by working time', async () => {
  expect(await documents(times, history, rules)).toMatchObject({
    '7': {
      firstContactWallMs: 3_600_000,
      resolveWallMs: 7_200_000,
      resolveWorkingMs: 7_200_000,
      approveWallMs: 10_800_000,
      alertWallMs: null,
    },
  });
});

test('a customer who comes back within 30 days is counted, in whatever order cases are told', async () => {
  const opened = (id: string, occurredAt: string) =>
    [
      `case-${id}`,
      { type: 'CaseOpened', data: { case: id, customer: 'customer-1', kind: 'recover', priority: 'low', tags: [] } },
      { occurredAt },
    ] as const;
  const came = record(
    opened('1', '2031-05-01T00:00:00.000Z'),
    opened('2', '2031-09-01T00:00:00.000Z'),
    opened('3', '2031-05-20T00:00:00.000Z'),
    opened('4', '2031-07-20T00:00:00.000Z'),
  );
  expect(await documents(customers, came)).toMatchObject({
    'customer-1:service': { cases: 4, repeatsWithin30Days: 1, repeatsWithin90Days: 3 },
  });
});

test('a team is as it was changed last', async () => {
  expect(await documents(teams, history)).toMatchObject({ north: { people: ['ana'], fallbackOwner: 'ana' } });
});

describe('a correction', () => {
  const wrong = history.find(({ type }) => type === 'RootCauseIdentified');
  const corrected = [
    ...history,
    ...record([
      'case-7',
      {
        type: 'EventCorrected',
        data: {
          corrects: wrong?.id ?? '',
          correctsType: 'RootCauseIdentified',
          set: { cause: ['people', 'attitude'] },
          reason: 'misheard',
        },
      },
    ]).map((event): RecordedEvent => ({
      ...event,
      programme: 'care',
      id: 'e-corrected',
      revision: 15,
      position: '000000000099',
    })),
  ];

  test('shows the right fact in every read model', async () => {
    expect(await documents(rootCauses, corrected, rules)).toMatchObject({
      '7': { level1: 'people', first1: 'people' },
    });
    expect(await documents(cases, corrected, rules)).toMatchObject({
      '7': { cause: { cause: ['people', 'attitude'] }, revision: 15 },
    });
  });
});

test.each(READ_MODELS.map((model) => [model.name, model] as const))(
  '%s: every event delivered twice changes nothing',
  async (_, model) => {
    expect(await documents(model, twice(history), rules)).toEqual(await documents(model, history, rules));
  },
);

describe('what broke a rule', () => {
  const facts = record(
    ['case-7', { type: 'CaseOpened', data: { case: '7', customer: 'c', kind: 'recover', priority: 'high', tags: [] } }],
    [
      'case-7',
      { type: 'ContactAttempted', data: { channel: 'sms', outcome: 'reached', breaches: ['channel-not-allowed'] } },
      { minute: 10 },
    ],
    [
      'case-7',
      { type: 'OwnerAlerted', data: { owner: 'ben', channel: 'chat', breaches: ['alerted-not-owner'] } },
      { minute: 20 },
    ],
    [
      'case-7',
      { type: 'CustomerInformed', data: { channel: 'phone', breaches: ['not-approved-yet'] } },
      { minute: 30 },
    ],
    [
      'case-7',
      { type: 'CustomerInformed', data: { channel: 'phone', breaches: ['not-approved-yet'] } },
      { minute: 40 },
    ],
  );

  test('is shown and counted in the case, and counts for nothing else', async () => {
    expect(await documents(cases, facts)).toMatchObject({
      '7': {
        breaches: [
          { rule: 'channel-not-allowed', type: 'ContactAttempted', event: facts[1]?.id, cycle: 1 },
          { rule: 'alerted-not-owner', type: 'OwnerAlerted' },
          { rule: 'not-approved-yet', type: 'CustomerInformed' },
          { rule: 'not-approved-yet', type: 'CustomerInformed' },
        ],
        breachCount: 4,
        contactBreaches: 1,
        brokenRules: ['channel-not-allowed', 'alerted-not-owner', 'not-approved-yet'],
        alertedAt: null,
        informedAt: null,
      },
    });
    expect(await documents(times, facts)).toMatchObject({ '7': { alertWallMs: null } });
  });
  test('is not there where nothing was broken', async () => {
    expect(await documents(cases, history, rules)).toMatchObject({
      '7': { breaches: [], breachCount: 0, brokenRules: [] },
    });
  });
});
