import { expect, test } from '@jest/globals';
import { destinationsFor } from './destination.js';

const ana = { name: 'ana', people: ['ana'] };
const care = { name: 'care', teams: ['care'] };
const all = { name: 'all' };
const crm = { name: 'crm', takes: ['target-breached'] as const };
const customers = { name: 'customers', to: 'customer' };
const DESTINATIONS: readonly ({ readonly name: string } & Parameters<typeof destinationsFor>[1][number])[] = [
  ana,
  care,
  all,
  crm,
  customers,
];
const chosen = (wanted: Parameters<typeof destinationsFor>[0]) =>
  destinationsFor(wanted, DESTINATIONS).map(({ name }) => name);

test.each([
  ['a person who is named', { message: 'owner-alert', person: 'ana', team: 'care' }, ['ana']],
  ['a team that is named', { message: 'owner-alert', person: 'ben', team: 'care' }, ['care']],
  ['anybody else', { message: 'owner-alert', person: 'ben', team: 'sales' }, ['all']],
  ['what a destination says that it takes', { message: 'target-breached', person: 'ben' }, ['all', 'crm']],
  ['customers, of what is for them alone', { message: 'acknowledgement' }, ['customers']],
] as const)('%s', (_what, wanted, names) => expect(chosen(wanted)).toEqual(names));

test('what is for staff never reaches a customer, whatever the destination takes', () => {
  expect(destinationsFor({ message: 'owner-alert' }, [{ to: 'customer', takes: ['owner-alert'] }])).toEqual([]);
});

test('it goes as the rules want it told, where there is such a destination', () => {
  const [mail, chat] = [{ channel: 'e-mail', to: 'sam@example.org' }, { channel: 'chat' }] as const;
  expect(destinationsFor({ message: 'escalation', by: 'mail' }, [mail, chat])).toEqual([mail]);
  expect(destinationsFor({ message: 'escalation', by: 'webhook' }, [mail, chat])).toEqual([mail, chat]);
});

test('where the rules name destinations, it goes there and nowhere else', () => {
  const wanted = { message: 'owner-alert', person: 'ana' } as const;
  expect(chosen({ ...wanted, to: ['crm', 'customers', 'unknown'] })).toEqual(['crm']);
  expect(chosen({ ...wanted, to: ['unknown'] })).toEqual([]);
});
