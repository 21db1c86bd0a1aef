import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, refuse, type Context, type Decider } from '../event-sourcing/decider.js';
import type { EventDeclaration, ToAppend } from '../event-sourcing/event.js';
import { shardOf } from '../event-sourcing/shard.js';
import { RevisionConflict, type EventStore } from './event-store.js';
import { handle, handleInTurn, type Request } from './handle.js';
import { SqliteEventStore } from './sqlite/sqlite-event-store.js';

type LoanEvent = { type: 'ToolLent'; data: { member: string } } | { type: 'ToolReturned'; data: { worn: boolean } };
type LoanCommand = { type: 'LendTool'; member: string } | { type: 'ReturnTool' } | { type: 'SwapTool'; member: string };
interface Loan {
  readonly member?: string;
}

const loan: Decider<Loan, LoanCommand, LoanEvent> = {
  initialState: {},
  evolve: (_, event) => (event.type === 'ToolLent' ? { member: event.data.member } : {}),
  decide: (command, { member }) => {
    const returned: LoanEvent = { type: 'ToolReturned', data: { worn: false } };
    if (command.type === 'ReturnTool') return member === undefined ? [] : [returned];
    if (member === command.member) return [];
    const lent: LoanEvent = { type: 'ToolLent', data: { member: command.member } };
    if (member === undefined) return [lent];
    return command.type === 'SwapTool'
      ? [returned, lent]
      : refuse('already-out', `${member} has it.`, 'Wait for its return.');
  },
};
const declarations: Record<LoanEvent['type'], EventDeclaration> = {
  ToolLent: { schemaVersion: 1 },
  ToolReturned: { schemaVersion: 1 },
};
const context = (commandId: string): Context => ({
  now: '2031-05-05T09:00:00.000Z',
  actor: { id: 'ana', role: 'agent' },
  commandId,
});
const request = (
  commandId: string,
  command: LoanCommand,
  over: Partial<Request<Loan, LoanCommand, LoanEvent>> = {},
): Request<Loan, LoanCommand, LoanEvent> => ({
  stream: 'loan-7',
  command,
  context: context(commandId),
  declarations,
  envelope: { programme: 'tools', shardKey: 'member ana' },
  ...over,
});
const lend = (member: string): LoanCommand => ({ type: 'LendTool', member });

let folder: string;
let store: EventStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-handle-'));
  store = SqliteEventStore.open({ folder, declarations, mode: 'write' });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A store to whose stream somebody else appends just before each of the first `times` appends. */
const contested = (times: number): EventStore => {
  let left = times;
  return {
    ...bound(store),
    append: async (stream, events, expected) => {
      const other = `other ${times}/${left}`;
      if (left-- > 0) await handle(store, loan, request(other, { type: 'SwapTool', member: other }));
      return store.append(stream, events, expected);
    },
  };
};
const bound = (inner: EventStore): EventStore => ({
  append: (...given) => inner.append(...given),
  readStream: (...given) => inner.readStream(...given),
  readAll: (...given) => inner.readAll(...given),
  follow: (...given) => inner.follow(...given),
  end: () => inner.end(),
  progress: (...given) => inner.progress(...given),
  close: () => inner.close(),
});

describe('handling a command', () => {
  test('what is decided is appended, in a full envelope', async () => {
    const handled = await handle(store, loan, request('c-1', lend('ana')));
    const { events } = await store.readStream('loan-7');
    expect(handled).toEqual({
      revision: 1,
      position: events[0]?.position,
      shard: shardOf('member ana'),
      events: [expect.anything()],
    });
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: 'ToolLent',
        schemaVersion: 1,
        stream: 'loan-7',
        revision: 1,
        position: expect.any(String),
        shard: shardOf('member ana'),
        programme: 'tools',
        occurredAt: '2031-05-05T09:00:00.000Z',
        knownAt: '2031-05-05T09:00:00.000Z',
        recordedAt: '2031-05-05T09:00:00.000Z',
        actor: { id: 'ana', role: 'agent' },
        commandId: 'c-1',
        correlationId: 'c-1',
        causationId: 'c-1',
        data: { member: 'ana' },
      },
    ]);
  });
  test('a refusal comes back as it is, and nothing is appended', async () => {
    await handle(store, loan, request('c-1', lend('ana')));
    expect(await handle(store, loan, request('c-2', lend('ben')))).toMatchObject({ refused: 'already-out' });
    expect((await store.readStream('loan-7')).revision).toBe(1);
  });
  test('what is already so adds nothing, and answers with where the stream stands', async () => {
    const first = await handle(store, loan, request('c-1', lend('ana')));
    expect(await handle(store, loan, request('c-2', lend('ana')))).toEqual({ ...first, events: [] });
    const nothing = await handle(store, loan, request('c-3', { type: 'ReturnTool' }, { stream: 'loan-8' }));
    expect(nothing).toEqual({ revision: 0, position: undefined, events: [] });
  });
  test('a command sent again gets its old result, whatever happened since', async () => {
    const first = await handle(store, loan, request('c-1', lend('ana')));
    await handle(store, loan, request('c-2', { type: 'ReturnTool' }));
    const again = await handle(store, loan, request('c-1', lend('ana'), { expected: 0 }));
    expect(again).toMatchObject({ revision: 1, position: isRefusal(first) ? '' : first.position });
    expect((await store.readStream('loan-7')).revision).toBe(2);
  });
  test('a stream keeps the shard of its first event', async () => {
    await handle(store, loan, request('c-1', lend('ana')));
    const envelope = { programme: 'tools', shardKey: 'member ben' };
    await handle(store, loan, request('c-2', { type: 'SwapTool', member: 'ben' }, { envelope }));
    const { events } = await store.readStream('loan-7');
    expect(events.map(({ shard }) => shard)).toEqual(Array(3).fill(shardOf('member ana')));
  });
  test('what protects personal fields sees the events before they are stored', async () => {
    const protect = async (events: readonly ToAppend<LoanEvent>[]) =>
      events.map((event) => (event.type === 'ToolLent' ? { ...event, data: { member: 'sealed' } } : event));
    await handle(store, loan, request('c-1', lend('ana'), { protect }));
    expect((await store.readStream('loan-7')).events[0]?.data).toEqual({ member: 'sealed' });
  });
});

describe('when somebody else writes to the stream first', () => {
  test('it is decided again, twice at most', async () => {
    expect(await handle(contested(1), loan, request('c-1', { type: 'SwapTool', member: 'ana' }))).toMatchObject({
      revision: 3,
    });
    const restless = handle(contested(3), loan, request('c-2', { type: 'SwapTool', member: 'eve' }));
    await expect(restless).rejects.toThrow(RevisionConflict);
  });
  test('who named a revision is told, and decides again themselves', async () => {
    const named = handle(contested(1), loan, request('c-1', { type: 'SwapTool', member: 'ana' }, { expected: 0 }));
    await expect(named).rejects.toMatchObject({ expected: 0, actual: 1 });
    const stale = handle(store, loan, request('c-2', lend('ben'), { expected: 0 }));
    await expect(stale).rejects.toThrow(RevisionConflict);
  });
});

test('deciding again after the decision adds nothing, for any commands', async () => {
  const command = fc.oneof(
    fc.record({
      type: fc.constantFrom('LendTool' as const, 'SwapTool' as const),
      member: fc.constantFrom('ana', 'ben'),
    }),
    fc.constant({ type: 'ReturnTool' as const }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
      const stream = `loan-${++run}`;
      for (const [index, each] of commands.entries()) {
        const first = await handle(store, loan, request(`${index}`, each, { stream }));
        const sentAgain = await handle(store, loan, request(`${index}`, each, { stream }));
        const askedAgain = await handle(store, loan, request(`${index} again`, each, { stream }));
        const { revision } = await store.readStream(stream);
        if (isRefusal(first)) {
          expect(sentAgain).toEqual(first);
        } else {
          expect(sentAgain).toMatchObject({ revision: first.revision, position: first.position });
          expect(askedAgain).toMatchObject({ revision, events: [] });
          expect(first.revision).toBe(revision);
        }
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

describe('commands in turn', () => {
  const counting = (): { readonly store: EventStore; readonly appends: number[] } => {
    const appends: number[] = [];
    const append: EventStore['append'] = (stream, events, expected) => {
      appends.push(events.length);
      return store.append(stream, events, expected);
    };
    return { store: { ...bound(store), append }, appends };
  };

  test('are decided each on what those before it did, and appended at once', async () => {
    const { store: counted, appends } = counting();
    const outcomes = await handleInTurn(counted, loan, [
      request('c-1', lend('ana')),
      request('c-2', lend('ben')),
      request('c-3', { type: 'ReturnTool' }),
      request('c-4', lend('ben')),
      request('c-5', lend('ben')),
    ]);
    const said = outcomes.map((one) => (isRefusal(one) ? one.refused : [one.revision, one.events.length]));
    expect(said).toEqual([[1, 1], 'already-out', [2, 1], [3, 1], [3, 0]]);
    expect(appends).toEqual([3]);
  });

  test('that were done before are answered by what they did, and the others done', async () => {
    await handle(store, loan, request('c-1', lend('ana')));
    const [first, second] = await handleInTurn(store, loan, [
      request('c-1', lend('ana')),
      request('c-2', { type: 'ReturnTool' }),
    ]);
    expect([first, second]).toMatchObject([{ revision: 1 }, { revision: 2 }]);
    expect((await store.readStream('loan-7')).revision).toBe(2);
  });

  test('are decided again where somebody else wrote first', async () => {
    const outcomes = await handleInTurn(contested(2), loan, [
      request('c-1', { type: 'SwapTool', member: 'ana' }),
      request('c-2', { type: 'ReturnTool' }),
    ]);
    expect(outcomes.some(isRefusal)).toBe(false);
    const { events } = await store.readStream('loan-7');
    expect(events.at(-1)).toMatchObject({ type: 'ToolReturned', commandId: 'c-2' });
  });

  test('leave the history that they leave one by one', async () => {
    const command = fc.oneof(
      fc.constant<LoanCommand>({ type: 'ReturnTool' }),
      fc.constantFrom('ana', 'ben').map(lend),
      fc.constantFrom('ana', 'ben').map((member): LoanCommand => ({ type: 'SwapTool', member })),
    );
    let run = 0;
    const plain = async (stream: string) =>
      (await store.readStream(stream)).events.map(({ type, data, revision, commandId }) => [
        type,
        data,
        revision,
        commandId,
      ]);
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 12 }), async (commands) => {
        const [alone, together] = [`loan-a${run++}`, `loan-t${run}`];
        const onto = (stream: string) => commands.map((one, index) => request(`c-${index}`, one, { stream }));
        for (const one of onto(alone)) await handle(store, loan, one);
        await handleInTurn(store, loan, onto(together));
        expect(await plain(together)).toEqual(await plain(alone));
      }),
      { numRuns: 30 },
    );
  });
});
