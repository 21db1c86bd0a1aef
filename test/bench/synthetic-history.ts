import { idOf } from '../../libs/event-sourcing/identity.js';
import { shardOf } from '../../libs/event-sourcing/shard.js';
import type { CaseEvent } from '../../libs/recovery/case/case.js';
import { DECLARATIONS, type EventToAppend } from '../../libs/recovery/history.js';

const START = Date.parse('2031-01-06T09:00:00.000Z');
const MINUTE = 60_000;
const PRIORITIES = ['urgent', 'high', 'normal', 'low'];
const CAUSES = [
  ['process', 'billing', 'wrong-amount'],
  ['process', 'delivery', 'late'],
  ['people', 'attitude', 'rude'],
  ['product', 'defect', 'broken'],
];

/** The events of a case: ten if it is closed, six if it is open. The same n gives the same events. */
export function syntheticCase(
  n: number,
  options: { open?: boolean } = {},
): { stream: string; events: EventToAppend[] } {
  const id = idOf('bench', n);
  const customer = idOf('bench customer', n % 50_000);
  const shard = shardOf(customer);
  const stream = `case-${id}`;
  const opened = START + n * MINUTE;
  const events: EventToAppend[] = [];
  const add = (minutes: number, actor: string, event: CaseEvent): void => {
    const at = new Date(opened + minutes * MINUTE).toISOString();
    events.push({
      id: idOf(stream, events.length),
      schemaVersion: DECLARATIONS[event.type].schemaVersion,
      stream,
      shard,
      programme: 'service-recovery',
      occurredAt: at,
      knownAt: at,
      recordedAt: at,
      actor: { id: actor, role: 'agent' },
      commandId: idOf('command', stream, events.length),
      correlationId: id,
      causationId: id,
      ...event,
    } as EventToAppend);
  };
  const owner = `agent-${n % 40}`;
  const offer = idOf('offer', n);
  add(0, 'triage', {
    type: 'CaseOpened',
    data: {
      case: id,
      customer,
      kind: 'recover',
      priority: PRIORITIES[n % 4] ?? 'normal',
      team: `team-${n % 8}`,
      response: idOf('response', n),
      touchpoint: ['delivery', 'checkout', 'support'][n % 3] ?? 'delivery',
      product: `product-${n % 20}`,
      language: 'en',
      tags: ['late'],
      ruleSet: 'bench',
    },
  });
  add(0, 'triage', { type: 'CaseAssigned', data: { owner, team: `team-${n % 8}`, by: 'rule' } });
  add(4, 'alerts', { type: 'OwnerAlerted', data: { owner, channel: 'webhook' } });
  add(20, owner, { type: 'CaseAcknowledged', data: { channel: 'e-mail', automatic: true } });
  add(95, owner, { type: 'ContactAttempted', data: { channel: 'phone', outcome: n % 3 ? 'reached' : 'no-answer' } });
  add(100, owner, {
    type: 'ResolutionOffered',
    data: { offer, kind: 'refund', value: { amount: 2500, currency: 'EUR' }, needsAuthority: false },
  });
  if (options.open) return { stream, events };
  add(200 + (n % 700), owner, { type: 'OfferAnswered', data: { offer, answer: n % 4 ? 'accepted' : 'declined' } });
  add(300 + (n % 900), owner, { type: 'RootCauseIdentified', data: { cause: CAUSES[n % 4] ?? [] } });
  add(310 + (n % 2000), owner, { type: 'CaseSubmitted', data: {} });
  add(500 + (n % 4000), 'approver-1', { type: 'CaseApproved', data: {} });
  return { stream, events };
}
