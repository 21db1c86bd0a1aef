import { Module } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import type { OpenCases } from '../../libs/recovery/intake/open-cases.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { Errands } from './errands.js';
import { lastOwner } from './last-owner.js';

/** Counts need not be fresher than read models, so that a burst of responses counts open cases once. */
const COUNTED_FOR_MS = 1_000;

/** Open cases by owner and priority that were opened before an instant. */
const countingOpenCases = ({ reads }: Pick<Stores, 'reads'>): LRUCache<string, OpenCases> =>
  new LRUCache({
    max: 10,
    ttl: COUNTED_FOR_MS,
    fetchMethod: async (openedBefore): Promise<OpenCases> => {
      const filter = { openedAt: { $lt: openedBefore } };
      const groups = await reads.group('queues', { by: ['owner', 'priority'], filter });
      const byOwner = Map.groupBy(groups, ({ owner }) => String(owner));
      return Object.fromEntries(
        [...byOwner].map(([owner, of]) => [
          owner,
          Object.fromEntries(of.map(({ priority, count }) => [String(priority), count])),
        ]),
      );
    },
  });

/** The reaction's effects and its dead letters, for every process that lets operators see them. */
@Module({
  controllers: [DeadLettersController],
  providers: [
    {
      provide: Errands,
      inject: [STORES, RulesInForce],
      useFactory: ({ events, reads }: Stores, rules: RulesInForce) => {
        const counted = countingOpenCases({ reads });
        return new Errands(triageResponse, {
          events,
          rules: () => rules.books(),
          openCases: (openedBefore) => counted.forceFetch(openedBefore),
          lastOwner: (customer, since) => lastOwner(reads, customer, since),
        });
      },
    },
  ],
  exports: [Errands],
})
export class DeadLettersModule {}
