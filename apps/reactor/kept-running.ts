import type { Logger } from '@nestjs/common';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import { pause, type Turn } from '../../libs/platform/stores/turn.js';
import { mayPass } from './may-pass.js';

const AGAIN_AFTER_MS = 2_000;

/** A service of parts that run in their turn until the app stops. */
export abstract class KeptRunning extends Background {
  /** Why parts do not run, by their names. */
  protected readonly failures = new Map<string, string>();
  protected abstract readonly logger: Logger;

  protected constructor(private readonly turn: Turn) {
    super();
  }

  /** Runs a part in its turn, and again after what may pass. Any other error stops it, for an operator to see. */
  protected keep(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    this.run(this.keepRunning(name, work));
  }

  private async keepRunning(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = this.stop;
    while (!signal.aborted)
      try {
        await this.turn.during(name, signal, (turn) => {
          this.failures.delete(name);
          return work(turn);
        });
      } catch (error) {
        const because = errorStack(error);
        this.failures.set(name, because);
        if (!mayPass(error)) {
          this.logger.error({ part: name, error: because }, 'A part stopped');
          return;
        }
        this.logger.warn({ part: name, error: because }, 'A part waits for a store');
        await pause(AGAIN_AFTER_MS, signal);
      }
  }
}
