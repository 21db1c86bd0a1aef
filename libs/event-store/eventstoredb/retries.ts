import { setTimeout as pause } from 'node:timers/promises';
import {
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
} from '@eventstore/db-client';
import { errorText } from '../../event-sourcing/error-text.js';
import {
  AppendRefused,
  HistoryDamaged,
  HistoryUnavailable,
  MAX_APPEND_BYTES,
  RevisionConflict,
} from '../event-store.js';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;
const GRACE_MS = 20;

const IN_OUR_WORDS = [AppendRefused, HistoryDamaged, HistoryUnavailable, RevisionConflict];
/** Errors that a retry can't fix: those, or our own bug. */
const PERMANENT = [...IN_OUR_WORDS, InvalidArgumentError, TypeError, RangeError];

/** An error that retries can't fix, in words; undefined for one that may pass. */
const permanentError = (error: unknown, server: string): Error | undefined => {
  if (PERMANENT.some((kind) => error instanceof kind)) return error as Error;
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
    `The EventStoreDB at ${server} doesn't answer (${errorText(error)}). Check that it runs and can be reached from here, then try again.`,
    { cause: error },
  );

/**
 * Retries, with exponential back-off, what failed for a reason that may pass: a lost connection, a server that
 * restarts or elects another leader. The caller's operation must be idempotent.
 */
export class Retries {
  private until: number;
  private pauseMs = FIRST_PAUSE_MS;
  private isNoticed = false;

  constructor(
    private readonly server: string,
    private readonly deadlineMs: number,
    private readonly notice: (sentence: string) => void = () => undefined,
  ) {
    this.until = Date.now() + deadlineMs;
  }

  get leftMs(): number {
    return Math.max(1, this.until - Date.now());
  }

  /** Works until it succeeds. @throws as `after` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    for (;;)
      try {
        return await work();
      } catch (error) {
        await this.after(error);
      }
  }

  /** After an answer: restarts the deadline and the back-off. */
  renew(): void {
    this.until = Date.now() + this.deadlineMs;
    this.pauseMs = FIRST_PAUSE_MS;
    if (this.isNoticed) this.notice(`The EventStoreDB at ${this.server} answers again.`);
    this.isNoticed = false;
  }

  /** Waits before the next try. @throws a permanent error, in words, or HistoryUnavailable at the deadline */
  async after(error: unknown, signal?: AbortSignal): Promise<void> {
    const permanent = permanentError(error, this.server);
    if (permanent !== undefined) throw permanent;
    if (Date.now() + this.pauseMs >= this.until) throw unavailable(error, this.server);
    if (!this.isNoticed && this.pauseMs === LONGEST_PAUSE_MS) {
      this.isNoticed = true;
      this.notice(`The EventStoreDB at ${this.server} doesn't answer (${errorText(error)}). Amends keeps retrying.`);
    }
    await pause(this.pauseMs, undefined, { signal }).catch(() => undefined); // the signal ends it early
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** A timeout, because some calls of the client never settle after their connection is lost. */
export const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    // If this process was busy, an answer may be queued behind this timer: one more turn of the event loop lets it in.
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
