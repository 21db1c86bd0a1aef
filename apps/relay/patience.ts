import { LRUCache } from 'lru-cache';

/** How long a message is tried before it is given up. */
export interface Patience {
  /** A message that fails is tried so often at least. */
  readonly tries: number;
  /** The longest wait between two tries. */
  readonly longestWaitMs: number;
  /** A message may fail for so long while hardly any other gets through: it may be our fault. */
  readonly failingMs: number;
  /** A message waits so long for the first rules of its programme. */
  readonly graceMs: number;
}

/** Why a message can't be taken now, though it may be right. */
export type Setback = { readonly reason: string; readonly because: string } & (
  | /** No message can be taken: a store is down, say. */ {
      readonly kind: 'service-down';
      readonly retryAfterMs: number;
    }
  | /** Something is wrong with this message, or with us. */ { readonly kind: 'failing' }
  | { readonly kind: 'rules-missing'; readonly programme: string }
);

/** What to do next with a message: try it again after a wait, or give it up, and why. */
export type Next = { readonly waitMs: number } | { readonly givenUp: string; readonly tries: number };

export interface Moment {
  /** In milliseconds. */
  readonly now: number;
  /** How many messages got through so far. */
  readonly passed: number;
  /** How many fail now. */
  readonly failing: number;
}

const FIRST_WAIT_MS = 1_000;
const MOST_PROGRAMMES = 1_000;

/** When each programme without rules was first named: their grace is over for all of their messages at once. */
export type FirstNamed = Pick<LRUCache<string, number>, 'get' | 'set'>;
export const firstNamed = (): FirstNamed => new LRUCache<string, number>({ max: MOST_PROGRAMMES });

/** The tries of one message. */
export class Tries {
  private number = 0;
  private failing: { readonly tries: number; readonly since: number } | undefined;

  /** @param passedBefore how many messages had got through when its first try began */
  constructor(
    private readonly patience: Patience,
    private readonly named: FirstNamed,
    private passedBefore: number,
  ) {}

  after(setback: Setback, at: Moment): Next {
    this.number++;
    // A service that is down says nothing about the message.
    if (setback.kind !== 'failing') [this.failing, this.passedBefore] = [undefined, at.passed];
    if (setback.kind === 'rules-missing') return this.afterRulesMissing(setback, at);
    if (setback.kind === 'failing') return this.afterFailing(at);
    return { waitMs: Math.max(this.growingMs(), setback.retryAfterMs) };
  }

  private afterFailing(at: Moment): Next {
    const { tries, since } = this.failing ?? { tries: 0, since: at.now };
    this.failing = { tries: tries + 1, since };
    // As many got through since as fail: the service works.
    const isTheMessages = at.passed - this.passedBefore >= at.failing;
    const forMs = at.now - since;
    if (tries + 1 < this.patience.tries || !(isTheMessages || forMs >= this.patience.failingMs))
      return { waitMs: this.growingMs() };
    const during = isTheMessages ? ', while others got through' : '';
    return {
      givenUp: `It failed ${tries + 1} times within ${seconds(forMs)}${during}. ${REMEDY}`,
      tries: this.number,
    };
  }

  private afterRulesMissing({ programme, because }: Setback & { kind: 'rules-missing' }, at: Moment): Next {
    const since = this.named.get(programme) ?? at.now;
    this.named.set(programme, since);
    const leftMs = since + this.patience.graceMs - at.now;
    if (leftMs > 0) return { waitMs: Math.min(this.growingMs(), leftMs) };
    const waited = this.number > 1 ? ` It waited for them, and was tried ${this.number} times.` : '';
    return { givenUp: `${because}${waited} Put them in force, then send the message again.`, tries: this.number };
  }

  private growingMs(): number {
    return Math.min(this.patience.longestWaitMs, FIRST_WAIT_MS * 2 ** (this.number - 1));
  }
}

const REMEDY =
  'The log of the app says why. Right that, then send the message again: the same source and externalId count once.';

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
