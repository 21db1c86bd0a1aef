import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal, refuse } from '../event-sourcing/decider.js';
import { isSealed } from '../event-sourcing/sealed.js';
import { shardOf } from '../event-sourcing/shard.js';
import { openStores, type Stores } from '../platform/stores/open-stores.js';
import { rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks, type RuleBooks } from '../recovery/rules/rule-book.js';
import type { CommandRequest } from './command-request.js';
import { Commands } from './commands.js';

const NOW = '2031-05-05T09:00:00.000Z';
let folder: string;
let stores: Stores;
let commands: Commands;
let rules: RuleBooks;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-commands-'));
  stores = await openStores({ folder }, { mode: 'write' });
  const { events, personal } = stores;
  rules = ruleBooks({});
  commands = new Commands({ events, personal, rules: () => rules, now: () => NOW, operators: async () => 1 });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

const opening: CommandRequest<'case'> = {
  aggregate: 'case',
  id: 'c-1',
  programme: 'care',
  customer: 'eva',
  actor: { id: 'ana', role: 'agent' },
  commandId: 'open',
  command: {
    type: 'OpenCase',
    case: 'c-1',
    customer: 'eva',
    kind: 'recover',
    priority: 'high',
    tags: [],
    owner: 'ana',
  },
};
const noting: CommandRequest<'case'> = {
  aggregate: 'case',
  id: 'c-1',
  actor: { id: 'ana', role: 'agent' },
  commandId: 'note',
  command: { type: 'AddNote', note: 'Her name is Eva' },
};

const OFFER = {
  type: 'OfferResolution' as const,
  offer: 'refund-1',
  kind: 'refund',
  value: { amount: 4900, currency: 'EUR' },
};
/** Rules that are in force over the past too, with offers of these kinds. */
const offering = (kinds: readonly string[]): RuleBooks =>
  ruleBooks({ care: [{ from: null, rules: compileRules({ ...rulesOf([]), offers: { kinds, authority: {} } }) }] });

describe('a command', () => {
  test('goes to the stream of its aggregate, in the shard of its customer', async () => {
    expect(await commands.execute(opening)).toMatchObject({ revision: 2, shard: shardOf('eva') });
    expect((await stores.events.readStream('case-c-1')).events.map(({ type }) => type)).toEqual([
      'CaseOpened',
      'CaseAssigned',
    ]);
  });

  test("seals a person's words with their customer's key, and keeps the programme of its stream", async () => {
    await commands.execute(opening);
    await commands.execute(noting);
    const [event] = (await stores.events.readStream('case-c-1', { after: 2 })).events;
    const note = event !== undefined && 'note' in event.data ? event.data.note : undefined;
    expect(event?.programme).toBe('care');
    expect(isSealed(note) && note.key).toBe('eva');
    expect(isSealed(note) && (await stores.personal.open(note))).toBe('Her name is Eva');
  });

  test('with words of a customer who was forgotten is refused, and one without goes on', async () => {
    await commands.execute(opening);
    await stores.personal.forgetKey('eva');
    expect(await commands.execute(noting)).toMatchObject({ refused: 'customer-forgotten' });
    expect(
      await commands.execute({ ...noting, commandId: 'assign', command: { type: 'ChangePriority', priority: 'low' } }),
    ).toMatchObject({ revision: 3 });
  });

  test('sent again answers as it did', async () => {
    await commands.execute(opening);
    expect(await commands.execute(noting)).toMatchObject({ revision: 3 });
    expect(await commands.execute(noting)).toMatchObject({ revision: 3 });
  });

  describe('under an id that its caller chose', () => {
    const sent: CommandRequest<'case'> = { ...noting, chosenId: true };
    const used = { refused: 'idempotency-key-used', field: 'Idempotency-Key' };
    const revision = async () => (await stores.events.readStream('case-c-1')).revision;
    beforeEach(() => commands.execute(opening));

    test('answers as it did when it is sent again, whatever happened since', async () => {
      await commands.execute(sent);
      await commands.execute({ ...noting, commandId: 'low', command: { type: 'ChangePriority', priority: 'low' } });
      expect(await commands.execute(sent)).toMatchObject({ revision: 3, events: [{ type: 'NoteAdded' }] });
    });
    test('is refused with other content than it was done with, and nothing is stored', async () => {
      await commands.execute(sent);
      expect(await commands.execute({ ...sent, command: { type: 'AddNote', note: 'Her name is Ana' } })).toMatchObject(
        used,
      );
      expect(await commands.execute({ ...sent, occurredAt: '2031-05-05T08:00:00.000Z' })).toMatchObject(used);
      expect(await revision()).toBe(3);
    });
    test('is refused where another command was done under it', async () => {
      await commands.execute(sent);
      const low: CommandRequest<'case'> = { ...sent, command: { type: 'ChangePriority', priority: 'low' } };
      const approved: CommandRequest<'case'> = { ...sent, command: { type: 'ApproveCase' } };
      expect(await commands.execute(low)).toMatchObject(used);
      expect(await commands.execute(approved)).toMatchObject(used);
      expect(await revision()).toBe(3);
    });
    test('answers as it did when rules that came since would decide otherwise over the past', async () => {
      const offer: CommandRequest<'case'> = { ...sent, commandId: 'offer', command: OFFER };
      expect(await commands.execute(offer)).toMatchObject({ revision: 3, events: [{ type: 'ResolutionOffered' }] });
      rules = offering(['voucher']);
      expect(await commands.execute(offer)).toMatchObject({ revision: 3, events: [{ type: 'ResolutionOffered' }] });
      const more = { ...OFFER, value: { amount: 9900, currency: 'EUR' } };
      expect(await commands.execute({ ...offer, command: more })).toMatchObject(used);
      expect(await revision()).toBe(3);
    });
    test('answers as it did however its caller orders the fields', async () => {
      await commands.execute({ ...sent, command: OFFER });
      const { kind, value, offer } = OFFER;
      const again = { offer, value: { currency: value.currency, amount: value.amount }, kind, type: OFFER.type };
      rules = offering(['voucher']);
      expect(await commands.execute({ ...sent, command: again })).toMatchObject({ revision: 3 });
    });
    test('is refused with other content also while the first is on its way, and the same gets one answer', async () => {
      const other: CommandRequest<'case'> = { ...sent, command: { type: 'AddNote', note: 'Her name is Ana' } };
      const [first, second, third] = await Promise.all([sent, other, sent].map((one) => commands.execute(one)));
      expect(first).toMatchObject({ revision: 3 });
      expect(second).toMatchObject(used);
      expect(third).toMatchObject({ revision: 3 });
      expect(await revision()).toBe(3);
    });
    test('answers only who sent it where rights depend on who asks', async () => {
      const mine: CommandRequest<'case'> = { ...sent, permits: () => undefined };
      await commands.execute(mine);
      expect(await commands.execute(mine)).toMatchObject({ revision: 3 });
      const theirs: CommandRequest<'case'> = {
        ...mine,
        actor: { id: 'bob', role: 'agent' },
        permits: () => refuse('not-yours', 'It is of another team.', 'Ask them.'),
      };
      expect(await commands.execute(theirs)).toMatchObject(used);
    });
    test('leaves no trace by which somebody could try out what was said', async () => {
      await commands.execute(sent);
      await commands.execute({ ...sent, commandId: 'note again' });
      const [one, other] = (await stores.events.readStream('case-c-1', { after: 2 })).events;
      expect(one?.requestHash).toMatch(/^[\w-]{22}$/);
      // What is said twice has two hashes, and what is said of two customers too.
      expect(one?.requestHash).not.toBe(other?.requestHash);
      const ofBob = { ...opening.command, case: 'c-2', customer: 'bob' } as CommandRequest<'case'>['command'];
      await commands.execute({ ...opening, id: 'c-2', customer: 'bob', command: ofBob });
      await commands.execute({ ...sent, id: 'c-2' });
      const [third] = (await stores.events.readStream('case-c-2', { after: 2 })).events;
      expect(third?.requestHash).not.toBe(one?.requestHash);
    });
    test('is decided again where its events are from before requests were hashed', async () => {
      await commands.execute({ ...sent, chosenId: undefined as never });
      const [noted] = (await stores.events.readStream('case-c-1', { after: 2 })).events;
      expect(noted).not.toHaveProperty('requestHash');
      expect(await commands.execute(sent)).toMatchObject({ revision: 3 });
      expect(await commands.execute({ ...sent, command: { type: 'AddNote', note: 'Other' } })).toMatchObject(used);
    });
    test('answers as it did once the words in it are forgotten', async () => {
      await commands.execute(sent);
      await stores.personal.forgetKey('eva');
      expect(await commands.execute(sent)).toMatchObject({ revision: 3 });
    });
  });

  test('reads of its stream what came since the one before', async () => {
    const { events, personal } = stores;
    const asked: unknown[] = [];
    const readStream: typeof events.readStream = (...given) => {
      asked.push(given[1]?.after);
      return events.readStream(...given);
    };
    const append: typeof events.append = (...given) => events.append(...given);
    const surroundings = { personal, rules: () => ruleBooks({}), now: () => NOW, operators: async () => 1 };
    const watched = new Commands({ ...surroundings, events: { ...events, readStream, append } as typeof events });
    await watched.execute(opening);
    await watched.execute(noting);
    asked.length = 0;
    expect(await watched.execute({ ...noting, commandId: 'another' })).toMatchObject({ revision: 4 });
    expect(asked).toEqual([2]);
  });

  test('about what is still to come is refused', async () => {
    expect(await commands.execute({ ...opening, occurredAt: '2031-05-06T00:00:00.000Z' })).toMatchObject({
      refused: 'not-yet-happened',
    });
  });

  test('merges a case into one that is there and goes on, and answers alike whatever becomes of that one', async () => {
    const open = (id: string): CommandRequest<'case'> => ({
      ...opening,
      id,
      command: { ...opening.command, case: id } as CommandRequest<'case'>['command'],
    });
    const merge = (id: string, into: string): CommandRequest<'case'> => ({
      ...{ ...noting, id, commandId: `merge ${id}`, chosenId: true },
      command: { type: 'MergeCase', into },
    });
    for (const id of ['c-1', 'c-2', 'c-3']) await commands.execute(open(id));
    const refused = await commands.execute(merge('c-1', 'c-9'));
    expect(refused).toMatchObject({ refused: 'merge-into-unknown', field: 'into' });
    expect(await commands.execute(merge('c-1', 'c-2'))).toMatchObject({ revision: 3 });
    expect(await commands.execute(merge('c-3', 'c-1'))).toMatchObject({ refused: 'merge-into-merged', field: 'into' });
    expect(await commands.execute(merge('c-2', 'c-3'))).toMatchObject({ revision: 3 });
    expect(await commands.execute(merge('c-1', 'c-2'))).toMatchObject({ revision: 3 });
  });

  test('hands no case to somebody who is not in the team, and names who is', async () => {
    const ofCare = { ...opening.command, team: 'care' } as CommandRequest<'case'>['command'];
    const handing = (toOwner: string, commandId: string): CommandRequest<'case'> => ({
      ...{ ...noting, commandId },
      command: { type: 'HandOffCase', toOwner, reason: 'on leave' },
    });
    const changing = (members: readonly { id: string; role: 'agent' }[]): CommandRequest<'team'> => ({
      ...{ aggregate: 'team', id: 'care', programme: '', actor: noting.actor, commandId: `team of ${members.length}` },
      command: { type: 'ChangeTeam', team: 'care', name: 'Care', members, fallbackOwner: 'sam' },
    });
    await commands.execute({ ...opening, command: ofCare });
    await commands.execute(changing([]));
    expect(await commands.execute(handing('bob', 'hand 1'))).toMatchObject({ revision: 3 });
    await commands.execute(changing([{ id: 'ana', role: 'agent' }]));
    expect(await commands.execute(handing('nobody-such', 'hand 2'))).toMatchObject({
      refused: 'owner-not-in-team',
      because: expect.stringContaining('Choose of ana, sam, or have a supervisor add them.'),
      field: 'toOwner',
    });
    expect(await commands.execute(handing('sam', 'hand 3'))).toMatchObject({ revision: 4 });
  });

  test("never merges a case into another customer's", async () => {
    const ofEva = { ...opening.command, case: 'c-1', customer: 'eva' } as CommandRequest<'case'>['command'];
    const ofBob = { ...opening.command, case: 'c-2', customer: 'bob' } as CommandRequest<'case'>['command'];
    await commands.execute({ ...opening, command: ofEva });
    await commands.execute({ ...opening, id: 'c-2', customer: 'bob', command: ofBob });
    const merge: CommandRequest<'case'>['command'] = { type: 'MergeCase', into: 'c-2' };
    expect(await commands.execute({ ...noting, commandId: 'merge', command: merge })).toMatchObject({
      refused: 'merge-into-another-customers',
      field: 'into',
    });
  });

  describe('of customers whom an operator says to be one', () => {
    const olga = { id: 'olga', role: 'operator' };
    const ofEva = { ...opening.command, case: 'c-1', customer: 'eva' } as CommandRequest<'case'>['command'];
    const ofBob = { ...opening.command, case: 'c-2', customer: 'bob' } as CommandRequest<'case'>['command'];
    const merge = (commandId: string): CommandRequest<'case'> => ({
      ...{ ...noting, commandId, chosenId: true },
      command: { type: 'MergeCase', into: 'c-2' },
    });
    const saying = (command: CommandRequest<'customer'>['command']): CommandRequest<'customer'> => ({
      ...{ aggregate: 'customer', id: command.customer, customer: command.customer, programme: 'care', actor: olga },
      ...{ commandId: `${command.type} of ${command.customer}`, command },
    });
    const reason = 'the same phone';
    const join = (customer: string, other: string) =>
      commands.execute(saying({ type: 'JoinCustomers', customer, with: [other], reason }));
    const separate = (customer: string, other: string) =>
      commands.execute(saying({ type: 'SeparateCustomers', customer, from: [other], reason }));
    beforeEach(async () => {
      await commands.execute({ ...opening, command: ofEva });
      await commands.execute({ ...opening, id: 'c-2', customer: 'bob', command: ofBob });
    });

    test('merges a case of the one into a case of the other, once the streams of both say so', async () => {
      expect(await join('eva', 'bob')).toMatchObject({ revision: 1, shard: shardOf('eva') });
      expect(await commands.execute(merge('merge 1'))).toMatchObject({ refused: 'merge-into-another-customers' });
      expect(await join('bob', 'eva')).toMatchObject({ revision: 1, shard: shardOf('bob') });
      expect(await commands.execute(merge('merge 2'))).toMatchObject({
        events: [{ type: 'CaseMerged', data: { into: 'c-2', customer: 'eva' }, shard: shardOf('eva') }],
      });
      expect(await commands.execute(merge('merge 2'))).toMatchObject({ revision: 3 });
      expect(await commands.allWhoAre('eva')).toEqual(['eva', 'bob']);
    });
    test('merges none once they are separated', async () => {
      await join('eva', 'bob');
      await join('bob', 'eva');
      await separate('bob', 'eva');
      expect(await commands.execute(merge('merge'))).toMatchObject({ refused: 'merge-into-another-customers' });
      expect(await commands.allWhoAre('eva')).toEqual(['eva']);
    });
    test('counts the cool-down of surveys over the cases of both', async () => {
      await join('eva', 'bob');
      await join('bob', 'eva');
      const asked: unknown[] = [];
      const asking = new Commands({
        ...{ events: stores.events, personal: stores.personal, rules: () => ruleBooks({}), now: () => NOW },
        operators: async () => 1,
        casesOf: async (customers) => (asked.push(customers), []),
      });
      await asking.execute({ ...noting, command: { type: 'SendReSurvey', channel: 'e-mail' } });
      expect(asked).toEqual([['eva', 'bob']]);
    });
  });

  test('without a stated time happens after its cause, though another clock is ahead of ours', async () => {
    await commands.execute({ ...opening, occurredAt: '2031-05-05T09:00:30.000Z' });
    await commands.execute(noting);
    const [noted] = (await stores.events.readStream('case-c-1', { after: 2 })).events;
    expect(noted).toMatchObject({ occurredAt: '2031-05-05T09:00:30.000Z', recordedAt: NOW });
  });

  test('that this caller may not give is refused, and nothing is stored', async () => {
    await commands.execute(opening);
    const refused = await commands.execute({
      ...noting,
      permits: () => refuse('not-yours', 'It is of another team.', 'Ask them.'),
    });
    expect(isRefusal(refused) && refused.refused).toBe('not-yours');
    expect((await stores.events.readStream('case-c-1')).revision).toBe(2);
  });
});
