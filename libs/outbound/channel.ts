import type { MessageName } from './words.js';

/** A message as it is sent: in words for people, in fields for programs. */
export interface Letter {
  /** The same on every try: receivers know by it what came already. */
  readonly id: string;
  /** `test`: an operator looks whether the destination takes messages. */
  readonly message: MessageName | 'test';
  /** When what it tells of happened: UTC, ISO 8601. */
  readonly occurredAt: string;
  readonly subject: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** An address instead of the destination's own. */
  readonly to?: string | undefined;
  /** The case, and the ids of the letters about it that came before. */
  readonly thread?: { readonly case: string; readonly before: readonly string[] };
}

/** What a receiver answered, as far as it is JSON. */
export interface Delivered {
  readonly answer?: unknown;
}

/** Takes letters to one destination. */
export interface Channel {
  /** @throws DeliveryFailed */
  send(letter: Letter, signal: AbortSignal): Promise<Delivered>;
  close(): void;
}

/** The sentence names no person: it is stored and shown. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';
  constructor(
    message: string,
    /** `forGood`: the next try would fail alike. */
    readonly how: { readonly forGood?: boolean; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
  }
}
