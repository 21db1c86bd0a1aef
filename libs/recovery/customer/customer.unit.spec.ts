import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { closed, given, owned } from '../case/case.testing.js';
import type { CustomerEvent } from '../privacy/privacy-events.js';
import { customerDecider, type CustomerCommand } from './customer.js';
import { allWhoAre } from './joined-customers.js';

describe('what history may say of a customer', () => {
  const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'olga', role: 'operator' }, commandId: 'c' };
  const recordContact = { type: 'RecordContact', customer: 'cus-1', entry: 'v1' } as const;
  const forget = { type: 'ForgetCustomer', customer: 'cus-1', reason: 'their wish' } as const;
  const contact: CustomerEvent = { type: 'CustomerContactRecorded', data: { customer: 'cus-1', entry: 'v1' } };
  const forgotten: CustomerEvent = { type: 'CustomerForgotten', data: { customer: 'cus-1', reason: 'their wish' } };
  const decide = (command: CustomerCommand, ...history: CustomerEvent[]) =>
    customerDecider.decide(
      command,
      history.reduce(
        (s, event) => customerDecider.evolve(s, event as Recorded<CustomerEvent>),
        customerDecider.initialState,
      ),
      context,
    );
  test('which entry of the vault holds their contact data, once', () => {
    expect(decide(recordContact)).toEqual([contact]);
    expect(decide(recordContact, contact)).toEqual([]);
  });
  test('that they were forgotten, once, after which nothing is kept', () => {
    expect(decide(forget, contact)).toEqual([forgotten]);
    expect(decide(forget, forgotten)).toEqual([]);
    expect(decide(recordContact, forgotten)).toMatchObject({ refused: 'customer-forgotten' });
    expect(decide({ ...forget, reason: '' })).toMatchObject({ refused: 'reason-of-forgetting-missing' });
    expect(() => decide(forget, forgotten, contact)).toThrow('forgotten before');
  });
});

describe('customers whom an operator says to be one', () => {
  const context = { now: '2031-05-05T12:00:00.000Z', actor: { id: 'olga', role: 'operator' }, commandId: 'c' };
  const decide = (command: CustomerCommand, ...history: CustomerEvent[]) =>
    customerDecider.decide(
      command,
      history.reduce(
        (s, event) => customerDecider.evolve(s, event as Recorded<CustomerEvent>),
        customerDecider.initialState,
      ),
      context,
    );
  const reason = 'the same phone';
  const join = { type: 'JoinCustomers', customer: 'eva', with: ['eve', 'evi'], reason } as const;
  const separate = { type: 'SeparateCustomers', customer: 'eva', from: ['eve'], reason: 'two sisters' } as const;
  const joined: CustomerEvent = { type: 'CustomersJoined', data: { customer: 'eva', with: ['eve', 'evi'], reason } };
  const separated: CustomerEvent = {
    type: 'CustomersSeparated',
    data: { customer: 'eva', from: ['eve'], reason: 'two sisters' },
  };
  const forget = { type: 'ForgetCustomer', customer: 'eva', reason: 'their wish' } as const;
  const forgotten: CustomerEvent = { type: 'CustomerForgotten', data: { customer: 'eva', reason: 'their wish' } };

  test('are joined once, with whoever is new among them', () => {
    expect(decide(join)).toEqual([joined]);
    expect(decide(join, joined)).toEqual([]);
    expect(decide({ ...join, with: ['eva', 'evi', 'eli'] }, joined)).toMatchObject([{ data: { with: ['eli'] } }]);
  });
  test('are separated, once, and can be joined again', () => {
    expect(decide(separate, joined)).toEqual([separated]);
    expect(decide(separate, joined, separated)).toEqual([]);
    expect(decide(separate)).toEqual([]);
    expect(decide(join, joined, separated)).toMatchObject([{ data: { with: ['eve'] } }]);
  });
  test('are neither joined nor separated without a reason', () => {
    expect(decide({ ...join, reason: ' ' })).toMatchObject({ refused: 'reason-of-joining-missing', field: 'reason' });
    expect(decide({ ...separate, reason: ' ' }, joined)).toMatchObject({ refused: 'reason-of-separation-missing' });
  });
  test('are not joined once one is forgotten, because nobody can tell any more who that was', () => {
    expect(decide(join, forgotten)).toMatchObject({ refused: 'forgotten-stays-alone' });
    expect(decide(separate, joined, forgotten)).toMatchObject({ refused: 'forgotten-stays-alone' });
  });
  test('are forgotten together or not at all', () => {
    expect(decide(forget, joined)).toMatchObject({
      refused: 'forgetting-one-of-several',
      because: expect.stringContaining('eve, evi'),
      field: 'together',
    });
    expect(decide({ ...forget, together: ['evi'] }, joined)).toMatchObject({ refused: 'forgetting-one-of-several' });
    expect(decide({ ...forget, together: ['eve', 'evi'] }, joined)).toEqual([forgotten]);
    expect(decide({ ...forget, together: ['evi'] }, joined, separated)).toEqual([forgotten]);
  });
  test('are all who say so of one another, directly or through others', () => {
    const says = new Map([
      ['eva', ['eve']],
      ['eve', ['eva', 'evi']],
      ['evi', ['eve', 'bob']],
      ['bob', []],
    ]);
    expect(allWhoAre('eva', says)).toEqual(['eva', 'eve', 'evi']);
    expect(allWhoAre('bob', says)).toEqual(['bob']);
    expect(allWhoAre('nobody', says)).toEqual(['nobody']);
  });
});

describe('what a case led to', () => {
  const sale = { type: 'RecordSale', value: { amount: 900, currency: 'EUR' } } as const;
  const sold = { type: 'SaleRecorded', data: { value: { amount: 900, currency: 'EUR' } } } as const;
  test('sales, each of them once', () => {
    expect(given(...owned).when(sale)).toEqual([sold]);
    expect(given(...owned, sold).when(sale, { commandId: 'c-3' })).toEqual([]);
    expect(given(...closed, sold).when(sale)).toEqual([sold]);
    expect(given(...owned).when({ ...sale, value: { amount: 0.5, currency: 'EUR' } })).toMatchObject({
      refused: 'sale-not-in-minor-units',
    });
  });
  test('a customer kept or lost: the last word stands', () => {
    const lost = { type: 'CustomerLost', data: { reason: 'left' } } as const;
    expect(given(...owned).when({ type: 'RecordCustomerLost', reason: 'left' })).toEqual([lost]);
    expect(given(...owned, lost).when({ type: 'RecordCustomerLost' })).toEqual([]);
    expect(given(...owned, lost).when({ type: 'RecordCustomerKept' })).toEqual([{ type: 'CustomerKept', data: {} }]);
    const kept = { type: 'CustomerKept', data: {} } as const;
    expect(given(...owned, kept).when({ type: 'RecordCustomerKept' })).toEqual([]);
  });
});
