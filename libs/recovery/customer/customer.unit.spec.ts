import { describe, expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { closed, given, owned } from '../case/case.testing.js';
import type { CustomerEvent } from '../privacy/privacy-events.js';
import { customerDecider, type CustomerCommand } from './customer.js';

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
