import { Module } from '@nestjs/common';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { Errands } from './errands.js';

/** What the reaction says must happen, and the letters of what could not: wherever an operator may ask for them. */
@Module({
  controllers: [DeadLettersController],
  providers: [
    {
      provide: Errands,
      inject: [STORES, RulesInForce],
      useFactory: ({ events, reads }: Stores, rules: RulesInForce) =>
        new Errands(triageResponse, {
          events,
          rules: () => rules.books(),
          openCases: async (openedBefore) => {
            const groups = await reads.group('queues', { by: ['owner'], filter: { openedAt: { $lt: openedBefore } } });
            return Object.fromEntries(groups.map(({ owner, count }) => [String(owner), count]));
          },
        }),
    },
  ],
  exports: [Errands],
})
export class DeadLettersModule {}
