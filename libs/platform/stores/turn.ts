import { setTimeout as after } from 'node:timers/promises';
import type { Leases } from '../../ledger/leases.js';

/** What one process at a time may do. */
export interface Turn {
  /** Runs the work once it is this process's turn; the signal also ends when the turn is lost. */
  during(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

/** For the one process that writes embedded stores. */
export const ALWAYS: Turn = { during: (_, signal, work) => work(signal) };

export const LEASE_MS = 15_000;
export const RENEW_EVERY_MS = 3_000;

/** By a lease: another process goes on when this one lets go, or when its lease has run out. */
export class LeasedTurn implements Turn {
  constructor(private readonly leases: Leases) {}

  async during(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!(await this.leases.take(name, new Date()))) {
      if (signal.aborted) return;
      await pause(RENEW_EVERY_MS, signal);
    }
    const lost = new AbortController();
    const renew = (): void =>
      void this.leases.take(name, new Date()).then(
        (kept) => (kept ? undefined : lost.abort()),
        // Not known to be kept is lost: another may have it.
        () => lost.abort(),
      );
    const renewing = setInterval(renew, RENEW_EVERY_MS);
    try {
      await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(renewing);
      if (!lost.signal.aborted) await this.leases.release(name);
    }
  }
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await after(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
