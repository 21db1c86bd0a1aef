import type { LookupFunction } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Channel, Delivered, Letter } from '../channel.js';
import type { WebhookDestination } from '../destination.js';
import { Poster } from './post.js';

/** Letters as signed JSON, by the Standard Webhooks specification. */
export class WebhookChannel implements Channel {
  private readonly poster: Poster;
  private readonly signers: readonly Webhook[];

  /** @param now UTC, ISO 8601; receivers refuse signatures of another time */
  constructor(
    { url, secrets, allowPrivate, timeoutMs, inFlight }: WebhookDestination,
    private readonly now: () => string,
    resolve?: LookupFunction,
  ) {
    this.poster = new Poster({ url, allowPrivate, timeoutMs, inFlight, resolve });
    this.signers = secrets.map((secret) => new Webhook(secret));
  }

  send({ id, message, occurredAt, fields }: Letter, signal: AbortSignal): Promise<Delivered> {
    const body = JSON.stringify({ type: message, timestamp: occurredAt, data: fields });
    const at = new Date(this.now());
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      // Signed by each secret, so that receivers may take up a new one at any time.
      ...(this.signers.length > 0 && {
        'webhook-signature': this.signers.map((signer) => signer.sign(id, at, body)).join(' '),
      }),
    };
    return this.poster.post(body, headers, signal);
  }

  close(): void {
    this.poster.close();
  }
}
