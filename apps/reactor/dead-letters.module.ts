import { Module } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { Errands } from './errands.js';

/** Read models are behind by as much: a burst need not have all open cases counted for each of its responses. */
const COUNTED_FOR_MS = 1_000;

type OpenCases = Readonly<Record<string, number>>;

/** By owner, the cases in work that were opened before an instant. */
const countingOpenCases = ({ reads }: Pick<Stores, 'reads'>): LRUCache<string, OpenCases> =>
  new LRUCache({
    max: 10,
    ttl: COUNTED_FOR_MS,
    fetchMethod: async (openedBefore) => {
      const groups = await reads.group('queues', { by: ['owner'], filter: { openedAt: { $lt: openedBefore } } });
      return Object.fromEntries(groups.map(({ owner, count }) => [String(owner), count]));
    },
  });

/** What the reaction says must happen, and the letters of what could not: wherever an operator may ask for them. */
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
        });
      },
    },
  ],
  exports: [Errands],
})
export class DeadLettersModule {}
