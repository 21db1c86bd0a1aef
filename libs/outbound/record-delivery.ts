import type { Commands } from '../commands/commands.js';
import { type CommandOf } from '../recovery/aggregates.js';
import type { Delivered } from './channel.js';
import type { Destination } from './destination.js';
import { deliveryOf, type Row } from './row.js';

/**
 * Records in history what was delivered, so that its clocks stop by themselves. Sent again it does nothing. A refusal
 * changes nothing about the message: it was delivered.
 */
export async function recordDelivery(
  commands: Pick<Commands, 'execute'>,
  row: Row,
  destination: Pick<Destination, 'channel'>,
): Promise<void> {
  const command = commandFor(row, destination);
  if (command === undefined) return;
  await commands.execute({
    aggregate: 'case',
    id: row.case,
    command,
    actor: { id: 'outbound', role: 'system' },
    commandId: deliveryOf(row),
    correlationId: row.event.correlationId,
    causationId: row.event.id,
  });
}

function commandFor(
  { message, person, destination, ticket }: Row,
  { channel }: Pick<Destination, 'channel'>,
): CommandOf<'case'> | undefined {
  const by = channel === 'webhook' ? 'other' : channel;
  switch (message) {
    case 'owner-alert':
      return person === undefined ? undefined : { type: 'RecordOwnerAlert', owner: person, channel };
    case 'acknowledgement':
      return { type: 'AcknowledgeCase', channel: by, automatic: true };
    case 'progress':
      return { type: 'SendProgressUpdate', channel: by };
    case 'closing':
      return { type: 'InformCustomer', channel: by };
    case 'target-warned':
    case 'target-breached':
    case 'escalation':
    case 'retry-due':
    case 'progress-due':
      return undefined;
    case 'ticket':
      return ticket === undefined ? undefined : { type: 'LinkTicket', system: destination, ticket };
  }
}

/** The row with what a receiver's answer says: of a ticket its number, as `ticket`, `id`, `number` or `key`. */
export function answered(row: Row, { answer }: Delivered): Row {
  if (row.message !== 'ticket' || typeof answer !== 'object' || answer === null) return row;
  const said = answer as Readonly<Record<string, unknown>>;
  const ticket = ['ticket', 'id', 'number', 'key'].map((name) => said[name]).find(isTicket);
  return ticket === undefined ? row : { ...row, ticket: String(ticket) };
}

const isTicket = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^[\x20-\x7e]{1,200}$/.test(value));
