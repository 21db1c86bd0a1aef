import { setTimeout as breath } from 'node:timers/promises';
import type { Caller } from '../e2e/running-app.testing.js';

/** A request and its answer, once there is one. */
export interface Sent {
  /** The command's id, the same for every attempt. */
  readonly id: string;
  readonly path: string;
  readonly body: object;
  answer?: Acknowledged;
}

export interface Acknowledged {
  /** Of the case or response. */
  readonly id: string;
  readonly revision: number;
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

const IN_FLIGHT = 8;
const BREATH_MS = 20;
const OPENS_A_CASE = 2;
/** Below the rules' daily limit of a team. */
const MOST_CASES = 150;

/**
 * Sends responses and commands on their cases, several at a time, logs the answers, and sends unanswered requests again
 * under the same id.
 */
export class LoggingClient {
  readonly log: Sent[] = [];
  private unanswered: Sent[] = [];
  private readonly opened: string[] = [];

  get acknowledged(): readonly Sent[] {
    return this.log.filter(({ answer }) => answer !== undefined);
  }

  /** Works until the app is gone. @param answered called for each answer with the number of answers since the start */
  async workUntilGone(caller: Caller, answered: (count: number) => void = () => undefined): Promise<void> {
    let count = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const sent = this.unanswered.shift() ?? this.next();
        if (!(await this.send(caller, sent))) return;
        if (sent.answer !== undefined) answered(++count);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  }

  /** Works while `goesOn` says so, and pauses after each attempt that failed. */
  async workWhile(caller: Caller, goesOn: () => boolean): Promise<void> {
    const worker = async (): Promise<void> => {
      while (goesOn()) {
        const sent = this.unanswered.shift() ?? this.next();
        if (!(await this.send(caller, sent))) throw new Error('The app went away.');
        if (sent.answer === undefined) await breath(BREATH_MS);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  }

  /** Sends unanswered requests until all are answered. */
  async complete(caller: Caller): Promise<void> {
    for (let sent = this.unanswered.shift(); sent !== undefined; sent = this.unanswered.shift())
      if (!(await this.send(caller, sent))) throw new Error('The app went away while the rest was sent.');
  }

  /** Repeats the answered requests; resolves to their answers now. */
  async again(caller: Caller, { id, path, body, answer }: Sent): Promise<unknown> {
    try {
      return (await caller.send('POST', path, JSON.stringify(body), { 'idempotency-key': id })).body;
    } catch (error) {
      if (isLost(error)) return answer; // it answers nothing else, then
      throw error;
    }
  }

  /** False: the app is gone. */
  private async send(caller: Caller, sent: Sent): Promise<boolean> {
    try {
      const { status, body, headers } = await caller.send('POST', sent.path, JSON.stringify(sent.body), {
        'idempotency-key': sent.id,
      });
      if (status < 300) this.note(sent, body as unknown as Acknowledged);
      // The case may not be open yet, or many write to it at a time.
      else if (status === 404 || body['code'] === 'revision-conflict' || (status === 503 && headers.has('retry-after')))
        this.unanswered.push(sent);
      else throw new Error(`${sent.path} was answered ${status}: ${JSON.stringify(body)}`);
      return true;
    } catch (error) {
      if (!isLost(error)) throw error;
      this.unanswered.push(sent);
      return false;
    }
  }

  private note(sent: Sent, answer: Acknowledged): void {
    sent.answer = answer;
    if ('score' in sent.body && sent.body.score === OPENS_A_CASE) this.opened.push(answer.id);
  }

  private next(): Sent {
    const number = this.log.length + 1;
    const on = number % 3 === 0 ? this.opened[number % this.opened.length] : undefined;
    const sent = on === undefined ? responseNumbered(number) : commandNumbered(number, on);
    this.log.push(sent);
    return sent;
  }
}

/** What fetch throws without a connection. It compares the name, because the test runner has its own TypeError. */
const isLost = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';

const responseNumbered = (number: number): Sent => {
  const unhappy = number % 2 === 0 && number < MOST_CASES * 2;
  const body = {
    source: 'survey',
    externalId: `r-${number}`,
    customer: `c-${Math.ceil(number / 4)}`,
    metric: 'nps',
    score: unhappy ? OPENS_A_CASE : 9,
    contactMe: unhappy ? 'yes' : 'no',
    comment: `Answer number ${number}`,
  };
  return { id: `response-${number}`, path: '/v1/responses', body };
};

const commandNumbered = (number: number, id: string): Sent => ({
  id: `note-${number}`,
  path: `/v1/cases/${id}/notes`,
  body: { note: `Note number ${number}` },
});
