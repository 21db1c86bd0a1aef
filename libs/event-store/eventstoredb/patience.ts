import { setTimeout as pause } from 'node:timers/promises';
import {
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
} from '@eventstore/db-client';
import { AppendRefused, HistoryDamaged, HistoryUnavailable, MAX_APPEND_BYTES } from '../event-store.js';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;
const GRACE_MS = 20;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Said already, or a fault of ours, which no second try mends. */
const OWN_WORDS = [AppendRefused, HistoryDamaged, HistoryUnavailable, InvalidArgumentError, TypeError, RangeError];

/** The answer of a server that will not change, in words; undefined for a failure that may pass. */
export const lastWord = (error: unknown, server: string): Error | undefined => {
  if (OWN_WORDS.some((kind) => error instanceof kind)) return error as Error;
  if (error instanceof AccessDeniedError) {
    return new HistoryUnavailable(
      `The EventStoreDB at ${server} refuses this user. Put the name and the password of one that may read and write into its URL.`,
      { cause: error },
    );
  }
  if (error instanceof StreamDeletedError) {
    return new HistoryDamaged(
      `Stream ${error.streamName} was deleted for ever in the EventStoreDB at ${server}. Restore a back-up of it.`,
    );
  }
  if (error instanceof MaxAppendSizeExceededError) {
    return new AppendRefused(
      `The events take more than the ${MAX_APPEND_BYTES} bytes that one append carries. Split it.`,
    );
  }
  return undefined;
};

export const unavailable = (error: unknown, server: string): HistoryUnavailable =>
  new HistoryUnavailable(
    `The EventStoreDB at ${server} doesn't answer (${messageOf(error)}). Check that it runs and can be reached from here, then try again.`,
    { cause: error },
  );

/**
 * Tries again, after longer and longer pauses, what failed for a reason that may pass: a connection that was cut, a
 * server that starts again or names another leader. All that is tried may be done twice without effect.
 */
export class Patience {
  private until: number;
  private pauseMs = FIRST_PAUSE_MS;
  private isNoticed = false;

  constructor(
    private readonly server: string,
    /** Infinity: for ever. */
    private readonly deadlineMs: number,
    private readonly notice: (sentence: string) => void = () => undefined,
  ) {
    this.until = Date.now() + deadlineMs;
  }

  get leftMs(): number {
    return Math.max(1, this.until - Date.now());
  }

  /** Something came: the time begins again. */
  renew(): void {
    this.until = Date.now() + this.deadlineMs;
    this.pauseMs = FIRST_PAUSE_MS;
    if (this.isNoticed) this.notice(`The EventStoreDB at ${this.server} answers again.`);
    this.isNoticed = false;
  }

  /** Waits before the next try. @throws what can't be mended by another, in words */
  async after(error: unknown, signal?: AbortSignal): Promise<void> {
    const word = lastWord(error, this.server);
    if (word !== undefined) throw word;
    if (Date.now() + this.pauseMs >= this.until) {
      throw unavailable(error, this.server);
    }
    if (!this.isNoticed && this.pauseMs === LONGEST_PAUSE_MS) {
      this.isNoticed = true;
      this.notice(
        `The EventStoreDB at ${this.server} doesn't answer (${messageOf(error)}). It is tried again and again.`,
      );
    }
    try {
      await pause(this.pauseMs, undefined, { signal });
    } catch (aborted) {
      if (signal?.aborted !== true) throw aborted;
    }
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** The answer, or a failure after so long: some calls of the client never settle once their connection is gone. */
export const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    // An answer may be waiting behind work that kept this process busy: it is looked at before the time is up.
    timer = setTimeout(() => {
      timer = setTimeout(() => refuse(new Error(`no answer in ${ms} ms`)), GRACE_MS);
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
