import { describe, expect, test } from '@jest/globals';
import { closed, fold, given, owned } from '../case/case.testing.js';

describe('linking the ticket of another system', () => {
  const link = { type: 'LinkTicket', system: 'crm', ticket: 'T-1' } as const;
  const linked = { type: 'TicketLinked', data: { system: 'crm', ticket: 'T-1' } } as const;
  test('it is recorded, also of a closed case', () => {
    expect(given(...owned).when(link)).toEqual([linked]);
    expect(given(...closed).when(link)).toEqual([linked]);
  });
  test('linked again it adds nothing', () => {
    expect(given(...owned, linked).when(link)).toEqual([]);
  });
  test('another ticket of the system takes its place, one of another system stands beside it', () => {
    const [later, other] = [
      { type: 'TicketLinked', data: { system: 'crm', ticket: 'T-2' } },
      { type: 'TicketLinked', data: { system: 'desk', ticket: '7' } },
    ] as const;
    expect(fold(...owned, linked, other, later).now?.tickets).toEqual([other.data, later.data]);
  });
});
