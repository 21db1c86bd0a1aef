import { Global, Injectable, Inject, Module } from '@nestjs/common';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import { TriageProgress } from '../../libs/responses/backlog.js';
import { Checkpoints } from './checkpoints.js';

const LOOK_EVERY_MS = 500;

/** How far a reactor in another process has come. */
@Injectable()
class ProgressElsewhere extends TriageProgress {
  private readonly checkpoints: Checkpoints;
  private found: Promise<string | undefined> | undefined;

  constructor(@Inject(STORES) { ledger }: Stores) {
    super();
    this.checkpoints = new Checkpoints(ledger, triageResponse.name);
  }

  /** Asks the ledger twice a second, however many ask here. */
  reached(): Promise<string | undefined> {
    this.found ??= this.checkpoints.reached().finally(() => {
      setTimeout(() => (this.found = undefined), LOOK_EVERY_MS).unref();
    });
    return this.found;
  }
}

@Global()
@Module({ providers: [{ provide: TriageProgress, useClass: ProgressElsewhere }], exports: [TriageProgress] })
export class TriageProgressModule {}
