import type { ToldBy } from '../recovery/vocabulary/words.js';
import { isForCustomer, isForStaff, type MessageName } from './words.js';

/** How long failed deliveries are tried. */
export interface Patience {
  readonly tries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

interface Limits {
  readonly name: string;
  /** Default: what is for staff; of e-mail to customers, what is for them. */
  readonly takes?: readonly MessageName[];
  /** Only messages to these people, or about cases of these teams. Without both: of everybody. */
  readonly people?: readonly string[];
  readonly teams?: readonly string[];
  /** The most messages on their way at a time. */
  readonly inFlight: number;
  readonly perMinute?: number;
  readonly timeoutMs: number;
  readonly patience: Patience;
}

interface Posted extends Limits {
  readonly url: string;
  /** It may be in a private network, or without TLS. */
  readonly allowPrivate: boolean;
}

export interface WebhookDestination extends Posted {
  readonly channel: 'webhook';
  /** In Standard Webhooks' form, whsec_...: one, or two while they are rotated. */
  readonly secrets: readonly string[];
}

/** A webhook in the shape that Slack and Teams take. */
export interface ChatDestination extends Posted {
  readonly channel: 'chat';
}

export interface EmailDestination extends Limits {
  readonly channel: 'e-mail';
  /** An address, or `customer`: the one that the vault has of the customer. */
  readonly to: string;
  readonly from: string;
  /** Of the mail server: smtp:// or smtps://, with its login. */
  readonly server: string;
}

/** Where messages go. Its name stands in rows of the outbox; its address and secrets stand in settings alone. */
export type Destination = WebhookDestination | ChatDestination | EmailDestination;

export const CUSTOMER = 'customer';
export const isToCustomer = (destination: Choice): boolean => destination.to === CUSTOMER;

/** What the choice of destinations looks at. */
type Choice = Pick<Limits, 'takes' | 'people' | 'teams'> & {
  readonly name?: string;
  readonly channel?: Destination['channel'];
  readonly to?: string;
};

/** Two of the words of rules have another name here. */
const channelBy = (by: ToldBy): Destination['channel'] => (by === 'mail' ? 'e-mail' : by === 'messenger' ? 'chat' : by);

/** Who is to be told, and about what. */
export interface Wanted {
  readonly message: MessageName;
  readonly person?: string | undefined;
  readonly team?: string | undefined;
  /** The destinations that the rules name for it, by their names. */
  readonly to?: readonly string[] | undefined;
  /** How the rules want it told, if there is a destination for that. */
  readonly by?: ToldBy | undefined;
}

/**
 * Where a message goes: to those that the rules name, else to the destinations that name its person; if none does, to those that name its team; if none
 * does, to those that name nobody.
 */
export function destinationsFor<D extends Choice>(
  { message, person, team, by, to }: Wanted,
  all: readonly D[],
): readonly D[] {
  // No rule can send to customers what is not for them.
  if (to) return all.filter((one) => to.includes(one.name ?? '') && isFor(one, message));
  const takingAny = all.filter((one) => takes(one, message));
  const asWanted = by === undefined ? [] : takingAny.filter(({ channel }) => channel === channelBy(by));
  const taking = asWanted.length > 0 ? asWanted : takingAny;
  const names = (list: readonly string[] | undefined, one: string | undefined): boolean =>
    one !== undefined && list?.includes(one) === true;
  const choices = [
    taking.filter(({ people }) => names(people, person)),
    taking.filter(({ teams }) => names(teams, team)),
    taking.filter(({ people, teams }) => people === undefined && teams === undefined),
  ];
  return choices.find((found) => found.length > 0) ?? [];
}

/** What is not for customers never goes to them, whatever a destination says that it takes. */
export const takes = (destination: Choice, message: MessageName): boolean => {
  if (!isFor(destination, message)) return false;
  return destination.takes?.includes(message) ?? (isToCustomer(destination) || isForStaff(message));
};

const isFor = (destination: Choice, message: MessageName): boolean =>
  !isToCustomer(destination) || isForCustomer(message);
