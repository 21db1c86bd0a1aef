import { request as httpRequest, Agent as HttpAgent } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { DeliveryFailed, type Delivered } from '../channel.js';
import { guarded, refusePrivateLiteral } from './address-guard.js';

/** A longer answer is cut off: only its beginning could be of use. */
const MOST_BYTES = 64 * 1024;

interface Posting {
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  readonly inFlight: number;
  /** For tests: looks names up. Default: the system's. */
  readonly resolve?: LookupFunction | undefined;
}

/** Posts JSON to one address, over connections of its own. It follows no redirect. */
export class Poster {
  private readonly url: URL;
  private readonly agent: HttpAgent;
  private readonly lookup: LookupFunction | undefined;

  constructor(private readonly to: Posting) {
    this.url = new URL(to.url);
    const Agent = this.url.protocol === 'https:' ? HttpsAgent : HttpAgent;
    this.agent = new Agent({ keepAlive: true, maxSockets: to.inFlight });
    this.lookup = to.allowPrivate ? to.resolve : guarded(to.resolve);
  }

  /** @throws DeliveryFailed */
  async post(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Delivered> {
    if (!this.to.allowPrivate) refusePrivateLiteral(this.url);
    const { status, text, retryAfter } = await this.exchange(body, headers, signal);
    if (status >= 200 && status < 300) return answerIn(text);
    throw new DeliveryFailed(`The receiver answered ${status}${WHY[status] ?? ''}.`, {
      forGood: status === 410,
      retryAfterMs: /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : undefined,
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private exchange(
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string; readonly retryAfter: string }> {
    const { timeoutMs } = this.to;
    const request = this.url.protocol === 'https:' ? httpsRequest : httpRequest;
    const inTime = AbortSignal.timeout(timeoutMs);
    return new Promise((done, failed) => {
      const fail = (error: Error): void => {
        if (error instanceof DeliveryFailed) failed(error);
        else if (inTime.aborted) failed(new DeliveryFailed(`The receiver did not answer within ${timeoutMs} ms.`));
        else if (signal.aborted) failed(new DeliveryFailed('Amends stopped before the receiver answered.'));
        else failed(new DeliveryFailed(`The receiver can't be reached: ${codeOf(error)}.`));
      };
      const sent = request(this.url, {
        method: 'POST',
        agent: this.agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
        signal: AbortSignal.any([signal, inTime]),
        ...(this.lookup && { lookup: this.lookup }),
      });
      sent.on('error', fail).on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        const end = (): void =>
          done({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            retryAfter: response.headers['retry-after'] ?? '',
          });
        response.on('error', fail).on('end', end);
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if ((bytes += chunk.length) < MOST_BYTES) return;
          end();
          response.destroy();
        });
      });
      sent.end(body);
    });
  }
}

const WHY: Readonly<Record<number, string>> = {
  301: ': redirects are not followed, so name the new address',
  302: ': redirects are not followed, so name the new address',
  307: ': redirects are not followed, so name the new address',
  308: ': redirects are not followed, so name the new address',
  401: ': it does not accept the signature or the secret',
  403: ': it does not accept the signature or the secret',
  410: ': it wants no more messages',
};

/** Node's code, such as ECONNREFUSED: its message may name what stands in the address. */
const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.name);

const answerIn = (text: string): Delivered => {
  try {
    return { answer: JSON.parse(text) as unknown };
  } catch {
    return {}; // most receivers answer with anything
  }
};
