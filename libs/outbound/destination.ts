import type { MessageName } from './words.js';

/** How long failed deliveries are tried. */
export interface Patience {
  readonly tries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

interface Limits {
  readonly name: string;
  /** Default: every message. */
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

export interface WebhookDestination extends Limits {
  readonly channel: 'webhook';
  readonly url: string;
  /** In Standard Webhooks' form, whsec_...: one, or two while they are rotated. */
  readonly secrets: readonly string[];
  /** It may be in a private network, or without TLS. */
  readonly allowPrivate: boolean;
}

/** Where messages go. Its name stands in rows of the outbox and in rules; its address and secrets stand in settings alone. */
export type Destination = WebhookDestination;

/** Who is to be told, and about what. */
export interface Wanted {
  readonly message: MessageName;
  readonly person?: string | undefined;
  readonly team?: string | undefined;
}

/**
 * Where a message goes: to the destinations that name its person; if none does, to those that name its team; if none
 * does, to those that name nobody.
 */
export function destinationsFor<D extends Pick<Destination, 'takes' | 'people' | 'teams'>>(
  { message, person, team }: Wanted,
  all: readonly D[],
): readonly D[] {
  const taking = all.filter(({ takes }) => takes === undefined || takes.includes(message));
  const names = (list: readonly string[] | undefined, one: string | undefined): boolean =>
    one !== undefined && list?.includes(one) === true;
  const choices = [
    taking.filter(({ people }) => names(people, person)),
    taking.filter(({ teams }) => names(teams, team)),
    taking.filter(({ people, teams }) => people === undefined && teams === undefined),
  ];
  return choices.find((found) => found.length > 0) ?? [];
}
