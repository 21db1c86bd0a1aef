import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { Background } from '../../libs/platform/background.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { pause } from '../../libs/platform/stores/turn.js';

const AGAIN_AFTER_MS = 2_000;

/** Loads the rules anew when another process changes them. */
@Injectable()
export class FollowRules extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Rules');

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly rules: RulesInForce,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    this.run(this.follow());
  }

  private async follow(): Promise<void> {
    const { events } = this.stores;
    const signal = this.stop;
    for (let from: string | undefined; !signal.aborted; await pause(AGAIN_AFTER_MS, signal))
      try {
        const after = from === undefined ? {} : { from };
        for await (const batch of events.follow({ ...after, filter: { categories: ['rules'] }, signal })) {
          if (batch.events.length > 0) await this.rules.reload();
          this.rules.unchangedUpTo(batch.position);
          from = batch.position;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.logger.warn({ error: String(error) }, 'The rules can not be followed now; the app tries again');
      }
  }
}
