import type { Refusal } from '../event-sourcing/decider.js';
import { idOf } from '../event-sourcing/identity.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { Telling } from './which-messages.js';
import type { MessageName, RowState } from './words.js';

/** A message on its way to one destination. It holds no personal byte: those are read when it is sent. */
export interface Row {
  /** The same for the same event, destination and message, and on every try. */
  readonly id: string;
  /** Empty where no destination takes the message. */
  readonly destination: string;
  readonly message: MessageName;
  readonly case: string;
  readonly programme: string;
  readonly person?: string;
  readonly team?: string;
  /** The promise that it is about. */
  readonly about?: { readonly target?: string; readonly dueAt: string };
  /** The destinations that the rules name for it. */
  readonly to?: readonly string[];
  /** What it tells of. */
  readonly event: Pick<RecordedEvent, 'id' | 'type' | 'stream' | 'revision' | 'occurredAt' | 'recordedAt'> & {
    readonly correlationId: string;
  };
  readonly state: RowState;
  /** How often it was claimed to be sent. */
  readonly tries: number;
  /** Why it waits on, is dead, held or refused. */
  readonly because?: string;
  /** UTC, as all times here. Delivered, but what history is to say of it is not recorded yet. */
  readonly deliveredAt?: string;
  /** The ticket that the receiver answered with. */
  readonly ticket?: string;
  readonly settledAt?: string;
  /** An operator had it sent again. */
  readonly resentAt?: string;
}

/** Of one event two people may be told by one destination. */
export const idOfRow = (
  event: string,
  destination: string,
  { message, person = '' }: Pick<Telling, 'message' | 'person'>,
): string => idOf('outbound', event, destination, message, person);

/** The first row of a message. Events and destinations determine it. */
export function rowOf(event: RecordedEvent, wanted: Telling, destination: string): Row {
  const { id, type, stream, revision, occurredAt, recordedAt, correlationId, programme } = event;
  const { message, person, team, about, to, case: of } = wanted;
  return {
    id: idOfRow(id, destination, wanted),
    destination,
    message,
    case: of,
    programme,
    ...(person !== undefined && { person }),
    ...(team !== undefined && { team }),
    ...(about && { about }),
    ...(to && { to }),
    event: { id, type, stream, revision, occurredAt, recordedAt, correlationId },
    state: 'waiting',
    tries: 0,
  };
}

/** The rows of a destination, and within them those of a case: in the order in which their events were recorded. */
export const prefixOf = (destination: string, of?: string): string =>
  of === undefined ? `outbox:${destination}/` : `outbox:${destination}/${of}/`;

/** The destination stands in the key's kind, so that what is due of one is found without stepping over another's. */
export const keyOf = ({ id, destination, case: of, event }: Row): string =>
  `${prefixOf(destination, of)}${event.recordedAt}.${String(event.revision).padStart(6, '0')}/${id}`;

/** The command that records a delivery: the same on every try, so that history has it once. */
export const deliveryOf = ({ id }: Row): string => idOf('outbound', id, 'delivered');

export const sayRefusal = ({ refused, because }: Refusal): string => `${refused}: ${because}`;
