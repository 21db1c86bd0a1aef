import { setTimeout as after } from 'node:timers/promises';
import type { Leases } from '../../ledger/leases.js';

/** Work for one process at a time. */
export interface Turn {
  /** Runs the work once this process has its turn; the work's signal also fires when the turn is lost. */
  during(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

/** Embedded stores have one writing process. */
export const ALWAYS: Turn = { during: (_, signal, work) => work(signal) };

export const LEASE_MS = 15_000;
export const RENEW_EVERY_MS = 3_000;

/** By a lease: another process takes over when this one releases it, or when it expires. */
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
        // Nobody knows whether the lease was renewed: another process may have it.
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

/** The signal ends it early. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  after(ms, undefined, { signal }).catch(() => undefined);
