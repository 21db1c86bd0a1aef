import { afterEach, describe, expect, test } from '@jest/globals';
import { booksOf, RESOLVE, rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import { HistoryUnavailable, RevisionConflict } from '../../libs/event-store/event-store.js';
import { QueryRefused } from '../../libs/read-store/read-store.js';
import { bound } from '../../libs/replay/history.testing.js';
import { SimulatedTeam, type CaseCommand } from './timekeeper.testing.js';

/** Monday. */
const DAY = '2031-05-05';
const at = (time: string, day = DAY) => `${day}T${time}:00.000Z`;
const TARGET = { ...RESOLVE, stop: { acknowledged: true } };
const BOOKS = booksOf([null, rulesOf([TARGET])]);
const DONE: CaseCommand = { type: 'AcknowledgeCase', channel: 'e-mail' };
const priority = (to: string): CaseCommand => ({ type: 'ChangePriority', priority: to, reason: 'asked' });

const open: SimulatedTeam[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
});
const teamAt = async (now: string, books = BOOKS): Promise<SimulatedTeam> => {
  const team = await SimulatedTeam.begin(books, now);
  open.push(team);
  return team;
};

type Notice = Extract<RecordedEvent, { type: 'TargetWarned' | 'TargetBreached' }>;
const noticesOf = async (team: SimulatedTeam): Promise<readonly Notice[]> =>
  (await team.history()).filter(
    (event): event is Notice => event.type === 'TargetWarned' || event.type === 'TargetBreached',
  );
const said = async (team: SimulatedTeam): Promise<readonly string[]> =>
  (await noticesOf(team)).map(
    ({ type, data }) => `${data.case} ${type} due ${data.dueAt.slice(5, 16)} noticed ${data.noticedAt?.slice(5, 16)}`,
  );

test('a warning and a breach are recorded as they fall due, each once, with what they are due by', async () => {
  const team = await teamAt(at('09:00'));
  const timekeeper = team.timekeeper();
  await timekeeper.tick();
  await team.opens('k1');
  for (const time of ['15:59', '16:01', '16:30', '17:00']) {
    team.now = at(time);
    await team.fold();
    await timekeeper.tick();
  }
  // Due at the end of Monday, breached with the first working instant after it.
  for (const time of ['08:00', '09:01', '09:02', '12:00']) {
    team.now = at(time, '2031-05-06');
    await team.fold();
    await timekeeper.tick();
  }
  expect(await said(team)).toEqual([
    'k1 TargetWarned due 05-05T17:00 noticed 05-05T16:01',
    'k1 TargetBreached due 05-05T17:00 noticed 05-06T09:01',
  ]);
  const [warned, breached] = await noticesOf(team);
  const ruleSet = BOOKS.at('care', at('09:00'))?.hash;
  const opening = (await team.history())[0];
  expect(warned).toMatchObject({
    stream: 'clock-k1',
    shard: opening?.shard,
    programme: 'care',
    actor: { id: 'timekeeper', role: 'system' },
    data: {
      target: 'resolve',
      cycle: 1,
      ruleSet,
      timeZoneData: '2031a',
      warnAt: at('16:00'),
      remainingMs: 59 * 60_000,
    },
  });
  expect(breached?.data).toMatchObject({ ruleSet, timeZoneData: '2031a', breachedFrom: at('09:00', '2031-05-06') });
});

describe('a due time that moved', () => {
  const moves: readonly [string, (team: SimulatedTeam) => Promise<unknown>, readonly string[]][] = [
    [
      'by a pause fires at the new one',
      (team) => team.does('k1', { type: 'PauseCase', waitingOn: 'customer', until: at('12:00') }),
      ['k1 TargetWarned due 05-06T11:00 noticed 05-06T10:30', 'k1 TargetBreached due 05-06T11:00 noticed 05-06T11:30'],
    ],
    [
      'by its priority fires at the new one',
      (team) => team.does('k1', priority('high')),
      ['k1 TargetWarned due 05-05T13:00 noticed 05-05T12:30', 'k1 TargetBreached due 05-05T13:00 noticed 05-05T13:30'],
    ],
    [
      'by other rules fires at the new one',
      (team) => {
        const shorter = rulesOf([{ ...TARGET, goals: [{ within: '5h' }] }]);
        return team.underRules(booksOf([null, rulesOf([TARGET])], [at('10:00'), shorter]));
      },
      ['k1 TargetWarned due 05-05T14:00 noticed 05-05T13:30', 'k1 TargetBreached due 05-05T14:00 noticed 05-05T14:30'],
    ],
  ];
  test.each(moves)('%s', async (_, move, expected) => {
    const team = await teamAt(at('09:00'));
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    await team.opens('k1');
    team.now = at('10:00');
    await timekeeper.tick();
    await move(team);
    for (let hour = 10; hour < 34; hour++) {
      team.now = new Date(Date.parse(at('00:30')) + hour * 3_600_000).toISOString();
      await team.fold();
      await timekeeper.tick();
    }
    if (expected[0]?.includes('05-06')) {
      for (const time of ['10:30', '11:30']) {
        team.now = at(time, '2031-05-06');
        await team.fold();
        await timekeeper.tick();
      }
    }
    expect(await said(team)).toEqual(expected);
  });

  test('by an event that the read models do not have yet fires at the new one', async () => {
    const team = await teamAt(at('09:00'));
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    await team.opens('k1', 'high');
    await team.fold();
    team.now = at('11:00');
    await team.does('k1', priority('normal'));
    // The index still says 13:00.
    team.now = at('13:30');
    await timekeeper.tick();
    expect(await said(team)).toEqual([]);
    await team.fold();
    team.now = at('16:30');
    await timekeeper.tick();
    expect(await said(team)).toEqual(['k1 TargetWarned due 05-05T17:00 noticed 05-05T16:30']);
  });

  test('to before what was looked through is found, once', async () => {
    const team = await teamAt(at('09:00'));
    const timekeeper = team.timekeeper();
    await team.opens('k1');
    await team.fold();
    await timekeeper.tick();
    team.now = at('15:00');
    await timekeeper.tick();
    // With this priority it was due at 13:00.
    await team.does('k1', priority('high'));
    await team.fold();
    for (const time of ['15:01', '15:02']) {
      team.now = at(time);
      await timekeeper.tick();
    }
    expect(await said(team)).toEqual(['k1 TargetBreached due 05-05T13:00 noticed 05-05T15:01']);
  });
});

test('a clock that stopped late before anybody looked was broken all the same', async () => {
  const team = await teamAt(at('09:00'));
  const timekeeper = team.timekeeper();
  await timekeeper.tick();
  await team.opens('late', 'high');
  await team.opens('kept', 'high');
  team.now = at('12:00');
  await team.does('kept', DONE);
  team.now = at('14:00');
  await team.does('late', DONE);
  await team.fold();
  team.now = at('18:00');
  await timekeeper.tick();
  expect(await said(team)).toEqual(['late TargetBreached due 05-05T13:00 noticed 05-05T18:00']);
});

test('after a day without a process all is recorded in the order in which it fell due', async () => {
  const team = await teamAt(at('09:00'));
  await team.timekeeper().tick();
  const minutes = Array.from({ length: 60 }, (_, n) => (n * 7) % 60);
  for (const minute of minutes) {
    team.now = at(`09:${String(minute).padStart(2, '0')}`);
    await team.opens(`k${minute}`, 'high');
  }
  await team.fold();
  team.now = at('12:00', '2031-05-06');
  await team.timekeeper().tick();
  const due = (await noticesOf(team)).map(({ data }) => data.dueAt);
  expect(due).toHaveLength(60);
  expect(due).toEqual(due.toSorted());
});

test('several reactors record each once', async () => {
  const team = await teamAt(at('09:00'));
  const [one, other] = [team.timekeeper(), team.timekeeper()];
  await Promise.all([one.tick(), other.tick()]);
  for (let n = 0; n < 30; n++) await team.opens(`k${n}`, 'high');
  await team.fold();
  team.now = at('13:30');
  await Promise.all([one.tick(), other.tick()]);
  expect(await said(team)).toHaveLength(30);
  expect(new Set(await said(team)).size).toBe(30);
});

test('a look that the read models refuse is made again, and shows as late meanwhile', async () => {
  const team = await teamAt(at('09:00'));
  const { reads } = team.stores;
  let refuses = true;
  const timekeeper = team.timekeeper({
    reads: {
      ...bound(reads),
      find: (collection, query) =>
        refuses ? Promise.reject(new QueryRefused('clocks has no such field.')) : reads.find(collection, query),
    },
  });
  await timekeeper.tick();
  await team.opens('k1', 'high');
  await team.fold();
  team.now = at('13:01');
  await timekeeper.tick();
  expect(await timekeeper.lateness()).toMatchObject({ checkedUpTo: at('09:00'), oldestDueAgeSeconds: 4 * 3_600 + 60 });
  refuses = false;
  await timekeeper.tick();
  expect(await timekeeper.lateness()).toMatchObject({ checkedUpTo: at('13:01'), oldestDueAgeSeconds: 0 });
  expect(await said(team)).toEqual(['k1 TargetBreached due 05-05T13:00 noticed 05-05T13:01']);
});

test("what fell due before the timekeeper began is nobody's to notice", async () => {
  const team = await teamAt(at('09:00'));
  await team.opens('k1', 'high');
  team.now = at('14:00');
  await team.fold();
  const timekeeper = team.timekeeper();
  await timekeeper.tick();
  await team.does('k1', { type: 'AddNote', note: 'called' } as CaseCommand);
  await team.fold();
  team.now = at('14:01');
  await timekeeper.tick();
  expect(await said(team)).toEqual([]);
});

test('what can not be recorded is set aside, waits longer each time, and holds up nothing else', async () => {
  const team = await teamAt(at('09:00'));
  await team.timekeeper().tick();
  for (const id of ['bad', 'good', 'fine']) await team.opens(id, 'high');
  await team.fold();
  let fails = true;
  const tried: string[] = [];
  const aside: string[] = [];
  const timekeeper = team.timekeeper({
    commands: {
      execute: (request) => team.commands.execute(request),
      executeInTurn: (requests) => {
        const [{ id, command } = { id: '', command: { type: '' } }] = requests;
        if (id !== 'bad' || command.type !== 'RecordTargetBreach') return team.commands.executeInTurn(requests);
        tried.push(team.now.slice(11, 19));
        if (fails) throw new RevisionConflict('clock-bad', 1, 2);
        return team.commands.executeInTurn(requests);
      },
    },
    onSetAside: (due, because) => void aside.push(`${due.id}: ${because}`),
  });
  const from = Date.parse(at('13:00'));
  for (let second = 1; second < 200; second++) {
    team.now = new Date(from + second * 1_000).toISOString();
    await timekeeper.tick();
  }
  expect(await said(team)).toEqual(
    [
      'good TargetBreached due 05-05T13:00 noticed 05-05T13:00',
      'fine TargetBreached due 05-05T13:00 noticed 05-05T13:00',
    ].toSorted(),
  );
  expect(tried).toEqual(['13:00:01', '13:00:06', '13:00:36', '13:02:36']);
  expect(aside).toEqual([expect.stringMatching(/^bad\/resolve:1\/breach\/.*: clock-bad is at revision 2/)]);
  expect(await timekeeper.lateness()).toMatchObject({ setAside: 1, oldestDueAgeSeconds: 199 });
  fails = false;
  team.now = at('13:13');
  await timekeeper.tick();
  expect(await said(team)).toContain('bad TargetBreached due 05-05T13:00 noticed 05-05T13:13');
  expect(await timekeeper.lateness()).toMatchObject({ setAside: 0, oldestDueAgeSeconds: 0, checkedUpTo: at('13:13') });
});

describe('an escalation', () => {
  const escalation = [{ to: 'owner' }, { after: '2h', to: 'supervisor' }, { after: '4h', to: 'head' }];
  const ESCALATED = booksOf([null, rulesOf([{ ...TARGET, escalation }])]);
  const levels = async (team: SimulatedTeam): Promise<readonly string[]> =>
    (await team.history()).flatMap((event) => {
      if (event.type !== 'EscalationRaised' && event.type !== 'EscalationPassedOver') return [];
      const { data } = event;
      return [`${data.case} ${data.level} ${data.to} ${event.type.slice(10)} ${data.escalateAt.slice(11, 16)}`];
    });

  test('goes from level to level by working time, each once, and stops with the clock', async () => {
    const team = await teamAt(at('09:00'), ESCALATED);
    await team.timekeeper().tick();
    await team.opens('k1', 'high');
    await team.fold();
    for (const time of ['13:00', '13:01', '14:59', '15:01', '15:02']) {
      team.now = at(time);
      // Whatever process it is that looks.
      await Promise.all([team.timekeeper().tick(), team.timekeeper().tick()]);
    }
    expect(await levels(team)).toEqual(['k1 1 owner Raised 13:00', 'k1 2 supervisor Raised 15:00']);
    await team.does('k1', DONE);
    await team.fold();
    team.now = at('17:30');
    await team.timekeeper().tick();
    expect((await levels(team)).at(-1)).toBe('k1 3 head PassedOver 17:00');
    expect(await levels(team)).toHaveLength(3);
  });

  test('after a day without a process comes in order with the breaches', async () => {
    const team = await teamAt(at('09:00'), ESCALATED);
    await team.timekeeper().tick();
    await team.opens('k1', 'high');
    team.now = at('10:30');
    await team.opens('k2', 'high');
    await team.fold();
    team.now = at('16:00');
    await team.timekeeper().tick();
    const all = (await team.history()).filter(({ stream }) => stream.startsWith('clock-'));
    expect(all.map(({ type, stream }) => `${stream.slice(6)} ${type}`)).toEqual([
      'k1 TargetBreached',
      'k1 EscalationRaised',
      'k2 TargetBreached',
      ...['k2 EscalationRaised', 'k1 EscalationRaised'],
    ]);
  });

  test('is raised after a crash between the breach and what follows from it', async () => {
    const team = await teamAt(at('09:00'), ESCALATED);
    await team.timekeeper().tick();
    await team.opens('k1', 'high');
    await team.fold();
    team.now = at('13:01');
    const { ledger } = team.stores;
    const crashing = { ...bound(ledger), putMany: () => Promise.reject(new HistoryUnavailable('crash')) };
    await expect(team.timekeeper({ ledger: crashing }).tick()).rejects.toThrow('crash');
    expect(await levels(team)).toEqual([]);
    await team.timekeeper().tick();
    expect(await levels(team)).toEqual(['k1 1 owner Raised 13:00']);
  });
});

describe('of a case itself', () => {
  const contact = { tries: 3, spacing: '24h' };
  const CONTACT = booksOf([null, rulesOf([TARGET], { contact })]);
  const tried: CaseCommand = { type: 'LogContactAttempt', channel: 'phone', outcome: 'no-answer' };
  const retries = async (team: SimulatedTeam): Promise<readonly string[]> =>
    (await team.history()).flatMap(({ type, data }) =>
      type === 'ContactRetryDue' ? [`${data.case} ${data.to} ${data.dueAt.slice(5, 16)}`] : [],
    );

  test('the next try to reach the customer is told to the owner when it is due, each once', async () => {
    const team = await teamAt(at('09:00'), CONTACT);
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    for (const id of ['k1', 'reached']) await team.opens(id);
    team.now = at('10:00');
    for (const id of ['k1', 'reached']) await team.does(id, tried);
    await team.fold();
    team.now = at('16:00');
    await team.does('reached', { ...tried, outcome: 'reached' } as CaseCommand);
    for (const time of ['09:59', '10:01', '10:02']) {
      team.now = at(time, '2031-05-06');
      await timekeeper.tick();
    }
    expect(await retries(team)).toEqual(['k1 ana 05-06T10:00']);
    await team.does('k1', tried);
    await team.fold();
    team.now = at('10:05', '2031-05-07');
    await timekeeper.tick();
    expect(await retries(team)).toEqual(['k1 ana 05-06T10:00', 'k1 ana 05-07T10:02']);
  });

  test('a pause that ends by itself ends in history too, at its end, once, and not if somebody ended it', async () => {
    const team = await teamAt(at('09:00'));
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    for (const id of ['k1', 'resumed', 'longer']) {
      await team.opens(id);
      await team.does(id, { type: 'PauseCase', waitingOn: 'customer', until: at('11:00') });
    }
    await team.fold();
    team.now = at('10:00');
    await team.does('resumed', { type: 'ResumeCase' });
    await team.does('longer', { type: 'PauseCase', waitingOn: 'customer', until: at('15:00') });
    // The index still says 11:00 of all.
    team.now = at('12:00');
    await Promise.all([timekeeper.tick(), team.timekeeper().tick()]);
    await team.fold();
    team.now = at('12:01');
    await timekeeper.tick();
    const ends = (await team.history()).filter(({ type }) => type === 'CaseResumed');
    expect(ends.map(({ stream, actor, occurredAt }) => `${stream} ${actor.id} ${occurredAt.slice(11, 16)}`)).toEqual([
      'case-resumed ana 10:00',
      'case-k1 timekeeper 11:00',
    ]);
    const { documents } = await team.stores.reads.find('queues', { filter: { case: 'k1' } });
    expect(documents).toMatchObject([{ status: 'open', pausedUntil: null, waitingOn: null }]);
  });

  test('an update is due by the cadence of the rules, from when the customer last heard of the case, until it is handed in', async () => {
    const progress = { every: '8h', calendar: 'office' };
    const team = await teamAt(at('09:00'), booksOf([null, rulesOf([TARGET], { progress })]));
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    await team.opens('k1');
    team.now = at('11:00');
    await team.does('k1', DONE);
    await team.fold();
    for (const [time, day] of [
      ['18:00', DAY],
      ['10:59', '2031-05-06'],
      ['11:01', '2031-05-06'],
    ] as const) {
      team.now = at(time, day);
      await timekeeper.tick();
    }
    await team.does('k1', { type: 'SendProgressUpdate', channel: 'e-mail', message: 'We look' } as CaseCommand);
    await team.fold();
    for (const time of ['11:00', '11:05', '11:06']) {
      team.now = at(time, '2031-05-07');
      await timekeeper.tick();
    }
    const due = (await team.history()).flatMap(({ type, data }) =>
      type === 'ProgressUpdateDue' ? [`${data.case} ${data.to} ${data.dueAt.slice(5, 16)}`] : [],
    );
    expect(due).toEqual(['k1 ana 05-06T11:00', 'k1 ana 05-07T11:01']);
  });

  test('a try that is told late is found though its time has passed', async () => {
    const team = await teamAt(at('09:00'), CONTACT);
    const timekeeper = team.timekeeper();
    await timekeeper.tick();
    await team.opens('k1');
    await team.fold();
    team.now = at('12:00', '2031-05-06');
    await timekeeper.tick();
    await team.does('k1', tried, { occurredAt: at('10:00') });
    await team.fold();
    team.now = at('12:01', '2031-05-06');
    await timekeeper.tick();
    expect(await retries(team)).toEqual(['k1 ana 05-06T10:00']);
  });
});
