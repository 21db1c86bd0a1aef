import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Commands } from '../../libs/commands/commands.js';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { HistoryUnavailable } from '../../libs/event-store/event-store.js';
import { NothingLive, ReadStoreDamaged } from '../../libs/read-store/read-store.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import { effectOn, type CommandReaction, type Effect } from '../../libs/reactions/effect.js';
import { appendEvents } from '../../libs/replay/history.testing.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import type { TeamEvent } from '../../libs/recovery/team/team.js';
import { compileRules } from '../../libs/recovery/rules/compile.js';
import { ruleBooks } from '../../libs/recovery/rules/rule-book.js';
import { rulesOf } from '../../libs/recovery/clocks/case-clocks.testing.js';
import { runBackup } from '../ops/backup/backup-run.js';
import { runRestore } from '../ops/restore/restore-run.js';
import { beginReactions } from './checkpoints.js';
import { resend, type CarriedOutBy } from './carry-out.js';
import { DEAD_LETTERS, type DeadLetter } from './dead-letter.js';
import { Errands, type ErrandsOptions } from './errands.js';
import { Reactor } from './reactor.js';

const now = '2031-05-05T09:00:00.000Z';
let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reactor-'));
  stores = await openStores({ folder }, { mode: 'write' });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true });
});

type Changed = Extract<RecordedEvent, { type: 'TeamChanged' }>;

/** For every team a copy under another name, so that what was done can be counted in history. */
const copyTeam = (made: (event: Changed) => readonly Effect[]): CommandReaction<TeamEvent> => ({
  name: 'copy-team',
  needs: {},
  on: { TeamChanged: (event) => (event.data.team.startsWith('copy-') ? [] : made(event as Changed)) },
});
const copy = ({ data }: Changed): readonly Effect[] => {
  const command = { ...data, type: 'ChangeTeam' as const, team: `copy-${data.team}` };
  return [effectOn('team', command.team, command, { programme: '' })];
};
const changed = (team: string) => ({
  stream: `team-${team}`,
  event: { type: 'TeamChanged' as const, data: { team, name: team, members: [], fallbackOwner: 'sam' } },
});

function commandsOn({ events, personal }: Stores): Commands {
  const rules = ruleBooks({});
  return new Commands({ events, personal, now: () => now, rules: () => rules, operators: async () => 1 });
}

type OpenCases = ErrandsOptions['openCases'];

const NO_RULES: Pick<RulesInForce, 'books' | 'reload'> = { books: () => ruleBooks({}), reload: async () => undefined };

const NO_CASES: Pick<ErrandsOptions, 'openCases' | 'lastOwner' | 'openCasesOf'> = {
  openCases: async () => ({}),
  lastOwner: async () => undefined,
  openCasesOf: async () => [],
};

const errandsOf = (
  reaction: CommandReaction<TeamEvent>,
  openCases: OpenCases = async () => ({}),
  rules: Pick<RulesInForce, 'books'> = NO_RULES,
): Errands<TeamEvent> =>
  new Errands(reaction, { ...NO_CASES, events: stores.events, rules: () => rules.books(), openCases });

interface Given {
  readonly commands?: CarriedOutBy;
  readonly openCases?: OpenCases;
  readonly rules?: Pick<RulesInForce, 'books' | 'reload'>;
  /** Once it follows. */
  meanwhile?(this: void): Promise<void>;
}

/** Runs until all of history was reacted to. */
async function react(
  reaction: CommandReaction<TeamEvent>,
  { commands = commandsOn(stores), openCases, rules = NO_RULES, meanwhile }: Given = {},
): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const stop = new AbortController();
  const { events, ledger } = stores;
  const reactor = new Reactor(errandsOf(reaction, openCases, rules), {
    events,
    ledger,
    commands,
    rules,
    now: () => now,
    pause: async () => undefined,
    onDeadLetter: (letter) => void letters.push(letter),
  });
  const running = reactor.run(stop.signal);
  const caughtUp = async (): Promise<void> => {
    const end = await events.end();
    while ((reactor.reached ?? '') < (end ?? '')) await new Promise((again) => setImmediate(again));
  };
  await caughtUp();
  await meanwhile?.();
  await caughtUp();
  stop.abort();
  await running;
  return letters;
}

const copies = async (team: string): Promise<number> => (await stores.events.readStream(`team-copy-${team}`)).revision;

test('a reaction that is new begins with what comes from then on', async () => {
  await appendEvents(stores.events, [changed('old')]);
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('new')]);
  await react(copyTeam(copy));
  expect([await copies('old'), await copies('new')]).toEqual([0, 1]);
});

test('a reaction begins where it was noted first, though its reactor starts later', async () => {
  await appendEvents(stores.events, [changed('old')]);
  await beginReactions(stores, [copyTeam(copy)]);
  await appendEvents(stores.events, [changed('new')]);
  await beginReactions(stores, [copyTeam(copy)]);
  await react(copyTeam(copy));
  expect([await copies('old'), await copies('new')]).toEqual([0, 1]);
});

test('a beginning that was cut off as it was noted holds for all shards', async () => {
  await appendEvents(stores.events, [changed('old')]);
  await beginReactions(stores, [copyTeam(copy)]);
  await appendEvents(stores.events, [changed('new')]);
  const [, ...others] = await stores.ledger.list('reaction-checkpoint/', { limit: 256 });
  for (const { key } of others) await stores.ledger.remove(key);
  await react(copyTeam(copy));
  expect([await copies('old'), await copies('new')]).toEqual([0, 1]);
});

test('what was done before a crash, and not noted, is not done again', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care')]);
  const checkpoints = await stores.ledger.list('reaction-checkpoint/', { limit: 256 });
  await react(copyTeam(copy));
  // As if the process had ended between the act and its checkpoint.
  for (const { key, value } of checkpoints) await stores.ledger.put({ key, value });
  await react(copyTeam(copy));
  expect(await copies('care')).toBe(1);
});

/** All on one stream. */
const gather: CommandReaction<TeamEvent> = {
  ...copyTeam(copy),
  on: {
    TeamChanged: ({ data }) => {
      if (data.team === 'all') return [];
      const command = { ...data, type: 'ChangeTeam' as const, team: 'all' };
      return [effectOn('team', 'all', command, { programme: '' })];
    },
  },
};

test('effects of many events on one stream share appends', async () => {
  await react(gather);
  const teams = Array.from({ length: 40 }, (_, index) => changed(`t${index}`));
  await appendEvents(stores.events, teams);
  const real = commandsOn(stores);
  const together: number[] = [];
  const commands: CarriedOutBy = {
    execute: (request) => real.execute(request),
    executeInTurn: (requests) => {
      together.push(requests.length);
      return real.executeInTurn(requests);
    },
  };
  await react(gather, { commands });
  const { events } = await stores.events.readStream('team-all');
  expect(events.map(({ data }) => 'name' in data && data.name)).toEqual(teams.map(({ event }) => event.data.name));
  expect(together).toEqual([40]);
});

test('what is done again after a crash costs each effect its own events, however many are in its stream', async () => {
  await react(gather);
  const checkpoints = await stores.ledger.list('reaction-checkpoint/', { limit: 256 });
  await appendEvents(
    stores.events,
    Array.from({ length: 40 }, (_, index) => changed(`t${index}`)),
  );
  await react(gather);
  for (const { key, value } of checkpoints) await stores.ledger.put({ key, value });
  const { events, personal } = stores;
  const append: typeof events.append = (...given) => events.append(...given);
  let read = 0;
  const readStream: typeof events.readStream = async (...given) => {
    const slice = await events.readStream(...given);
    read += slice.events.length;
    return slice;
  };
  await react(gather, {
    commands: commandsOn({ events: { readStream, append } as typeof events, personal } as Stores),
  });
  const { revision } = await stores.events.readStream('team-all');
  expect(revision).toBe(40);
  // The stream once, and each effect's own event.
  expect(read).toBe(2 * revision);
});

test('what a reaction needs of a long stream is its last event, however often that changed', async () => {
  await appendEvents(
    stores.events,
    Array.from({ length: 40 }, (_, n) => ({
      ...changed('a'),
      event: { ...changed('a').event, data: { ...changed('a').event.data, name: `name ${n}` } },
    })),
  );
  const read: number[] = [];
  const events: ErrandsOptions['events'] = {
    readStream: async (...asked) => {
      const slice = await stores.events.readStream(...asked);
      read.push(slice.events.length);
      return slice;
    },
  };
  const errands = new Errands(copyTeam(copy), { ...NO_CASES, events, rules: NO_RULES.books });
  const { streams } = await errands.known({ streams: [], lastOf: ['team-a', 'team-nobody'] });
  expect(streams.get('team-a')).toMatchObject([{ revision: 40, data: { name: 'name 39' } }]);
  expect(streams.get('team-nobody')).toEqual([]);
  expect(read).toEqual([1, 0]);
});

test('a stop loses nothing of what was done', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care'), changed('billing')]);
  const real = commandsOn(stores);
  const stop = new AbortController();
  const { events, ledger } = stores;
  let executed = 0;
  const once = async (signal: AbortSignal): Promise<void> => {
    const execute: Commands['execute'] = (request) => {
      executed++;
      stop.abort(); // in the middle of the work
      return real.execute(request);
    };
    const commands: CarriedOutBy = { execute, executeInTurn: (requests) => real.executeInTurn(requests) };
    const pause = async (): Promise<void> => undefined;
    const onDeadLetter = (): void => undefined;
    const options = { events, ledger, commands, rules: NO_RULES, now: () => now, pause, onDeadLetter };
    await new Reactor(errandsOf(copyTeam(copy)), options).run(signal);
  };
  await once(stop.signal);
  expect([await copies('care'), await copies('billing'), executed]).toEqual([1, 1, 2]);
  const again = new AbortController();
  const running = once(again.signal);
  await appendEvents(stores.events, [changed('sales')]);
  while ((await copies('sales')) === 0) await new Promise((next) => setImmediate(next));
  again.abort();
  await running;
  expect(executed).toBe(3);
});

test('imported events set off nothing', async () => {
  await react(copyTeam(copy));
  const { stream, event } = changed('care');
  const id = idOf('imported');
  await stores.events.append(
    stream,
    [
      {
        ...event,
        id,
        schemaVersion: 1,
        stream,
        shard: 1,
        programme: '',
        occurredAt: now,
        knownAt: now,
        recordedAt: now,
        actor: { id: 'import', role: 'system' },
        commandId: id,
        correlationId: id,
        causationId: id,
        imported: true,
      },
    ],
    0,
  );
  await react(copyTeam(copy));
  expect(await copies('care')).toBe(0);
});

test('an effect that fails is tried again, and done once it can be', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care')]);
  const real = commandsOn(stores);
  let failures = 2;
  const commands: CarriedOutBy = {
    executeInTurn: (requests) => real.executeInTurn(requests),
    execute: async (request) => {
      if (failures-- > 0) throw new Error('The store was away.');
      return real.execute(request);
    },
  };
  expect(await react(copyTeam(copy), { commands })).toEqual([]);
  expect(await copies('care')).toBe(1);
});

test('an effect waits for as long as a store is down, and is no dead letter', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care')]);
  const real = commandsOn(stores);
  let failures = 50;
  const commands: CarriedOutBy = {
    executeInTurn: (requests) => real.executeInTurn(requests),
    execute: async (request) => {
      if (failures-- > 0) throw new HistoryUnavailable('The event store is away. Start it again.');
      return real.execute(request);
    },
  };
  expect(await react(copyTeam(copy), { commands })).toEqual([]);
  expect(await copies('care')).toBe(1);
});

test.each([
  ['not built', () => new NothingLive()],
  ['damaged', () => new ReadStoreDamaged('Build 1 of the read models is damaged.', 'read-1.db')],
])(
  'an event waits for as long as the read models that are asked about it are %s, and is no dead letter',
  async (_, error) => {
    const counting: CommandReaction<TeamEvent> = {
      ...copyTeam(copy),
      needs: { TeamChanged: () => ({ streams: [], openCasesBefore: now }) },
    };
    await react(counting);
    await appendEvents(stores.events, [changed('care')]);
    let unbuilt = 50;
    const openCases: OpenCases = async () => {
      if (unbuilt-- > 0) throw error();
      return {};
    };
    expect(await react(counting, { openCases })).toEqual([]);
    expect(await copies('care')).toBe(1);
  },
);

describe('rules that another process put in force', () => {
  const copyUnderRules: CommandReaction<TeamEvent> = {
    ...copyTeam(copy),
    on: {
      TeamChanged: (event, { books }) =>
        event.data.team.startsWith('copy-') || books.book('care').length === 0 ? [] : copy(event as Changed),
    },
  };
  const content = rulesOf([]);
  const ruleSet = compileRules(content).hash;
  const inForce = [
    { type: 'RuleSetDrafted', data: { programme: 'care', ruleSet, content } },
    { type: 'RuleSetActivated', data: { programme: 'care', ruleSet, from: null, overThePast: false } },
  ] as const;
  const putInForce = (): Promise<void> =>
    appendEvents(
      stores.events,
      inForce.map((event) => ({ stream: 'rules-care', event })),
    );

  test('decide on what comes right after them, for a programme that had none', async () => {
    const rules = await RulesInForce.load(stores.events);
    await react(copyUnderRules, {
      rules,
      meanwhile: async () => {
        await putInForce();
        await appendEvents(stores.events, [changed('care')]);
      },
    });
    expect(await copies('care')).toBe(1);
  });

  test('decide on what follows them, where they came between the start of the process and its turn', async () => {
    const rules = await RulesInForce.load(stores.events);
    await putInForce();
    await react(copyUnderRules, { rules });
    await appendEvents(stores.events, [changed('care')]);
    await react(copyUnderRules, { rules });
    expect(await copies('care')).toBe(1);
  });
});

test('an effect that can not be carried out is put aside, and what follows goes on', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care'), changed('billing')]);
  const real = commandsOn(stores);
  const commands: CarriedOutBy = {
    executeInTurn: (requests) => real.executeInTurn(requests),
    execute: async (request) => {
      if (request.id === 'copy-care') throw new Error('Never.');
      return real.execute(request);
    },
  };
  const letters = await react(copyTeam(copy), { commands });
  expect(letters).toMatchObject([{ reaction: 'copy-team', effect: { id: 'copy-care' } }]);
  expect(await copies('billing')).toBe(1);
  expect(await stores.ledger.list(DEAD_LETTERS)).toHaveLength(1);
});

test('a reaction that fails on an event puts the event aside, and sent again it is reacted to', async () => {
  await react(copyTeam(copy));
  await appendEvents(stores.events, [changed('care'), changed('billing')]);
  const broken = copyTeam((event) => {
    if (event.data.team === 'care') throw new Error('Not foreseen.');
    return copy(event);
  });
  const [letter] = await react(broken);
  expect(letter).toMatchObject({ event: { stream: 'team-care', revision: 1 } });
  expect([await copies('care'), await copies('billing')]).toEqual([0, 1]);
  const again = letter ? await errandsOf(copyTeam(copy)).again(letter) : [];
  expect(isRefusal(again) ? again : await resend(again, commandsOn(stores))).toBeUndefined();
  expect(await copies('care')).toBe(1);
});

describe('a history that was put back beside a ledger that stayed', () => {
  const opened = async (): Promise<void> => void (stores = await openStores({ folder }, { mode: 'write' }));
  const backUp = (): Promise<unknown> => runBackup({ folder }, join(folder, 'kept'), false);
  const putBack = async (): Promise<void> => {
    await stores.close();
    await runRestore({ folder }, join(folder, 'kept'));
    await opened();
  };

  test('sets off what comes from then on', async () => {
    await react(copyTeam(copy));
    await backUp();
    await appendEvents(stores.events, [changed('care'), changed('billing'), changed('sales')]);
    await react(copyTeam(copy));
    await putBack();
    await appendEvents(stores.events, [changed('care')]);
    await react(copyTeam(copy));
    expect(await copies('care')).toBe(1);
  });

  test('sets off once more what it had not set off yet when the back-up was made', async () => {
    await react(copyTeam(copy));
    await appendEvents(stores.events, [changed('care')]);
    await backUp();
    await react(copyTeam(copy));
    await putBack();
    await react(copyTeam(copy));
    expect(await copies('care')).toBe(1);
  });

  test('keeps the dead letters of events that it has, and no others', async () => {
    const failing = copyTeam(() => {
      throw new Error('Not foreseen.');
    });
    await react(failing);
    await appendEvents(stores.events, [changed('care')]);
    await react(failing);
    await backUp();
    await appendEvents(stores.events, [changed('billing')]);
    await react(failing);
    await putBack();
    const letters = await stores.ledger.list<DeadLetter>(DEAD_LETTERS);
    expect(letters.map(({ value }) => value.event.stream)).toEqual(['team-care']);
  });

  test('sets nothing off that history put back otherwise has no event for, and says so', async () => {
    const fails = () => Promise.reject(new Error('Never.'));
    const never: CarriedOutBy = { execute: fails, executeInTurn: fails };
    await react(copyTeam(copy));
    await backUp();
    await appendEvents(stores.events, [changed('care')]);
    const [letter] = await react(copyTeam(copy), { commands: never });
    await putBack();
    const again = letter && errandsOf(copyTeam(copy)).again(letter);
    expect(await again).toMatchObject({ refused: 'event-not-in-history' });
  });

  test('leaves behind what waited in builds of the one before', async () => {
    const parked = (): ParkedList => new ParkedList(stores.ledger);
    await appendEvents(stores.events, [changed('care')]);
    await backUp();
    const { events } = await stores.events.readStream('team-care');
    await parked().park(1, { projection: 'queues', key: 'x', shard: 1, events, error: new Error('Not foreseen.') });
    await putBack();
    expect((await stores.reads.live())?.id).toBe(1);
    expect(await parked().list(1)).toEqual([]);
  });
});
