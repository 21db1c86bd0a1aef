import { Module } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { handOnCases } from '../../libs/reactions/hand-on-cases.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';
import type { OpenCases } from '../../libs/recovery/intake/open-cases.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { Errands, type ErrandsOptions, type OpenedWhen } from './errands.js';
import { HandOnErrands } from './hand-on-errands.js';
import { lastOwner } from './last-owner.js';
import { openCasesOf } from './open-cases-of.js';

/** Counts need not be fresher than read models, so that a burst of responses counts open cases once. */
const COUNTED_FOR_MS = 1_000;

/** Open cases by owner and priority that were opened before an instant, or from then on. */
const countingOpenCases = (
  { reads }: Pick<Stores, 'reads'>,
  openedAt: (instant: string) => OpenedWhen,
): LRUCache<string, OpenCases> =>
  new LRUCache({
    max: 10,
    ttl: COUNTED_FOR_MS,
    fetchMethod: async (instant): Promise<OpenCases> => {
      const filter = { openedAt: openedAt(instant) };
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

/** What reactions need to know, from the read models. */
const lookingIn = ({ events, reads }: Stores, rules: RulesInForce): ErrandsOptions => {
  const before = countingOpenCases({ reads }, ($lt) => ({ $lt }));
  const from = countingOpenCases({ reads }, ($gte) => ({ $gte }));
  return {
    events,
    rules: () => rules.books(),
    openCases: (opened) => ('$lt' in opened ? before.forceFetch(opened.$lt) : from.forceFetch(opened.$gte)),
    lastOwner: (customer, since) => lastOwner(reads, customer, since),
    openCasesOf: (team, owners) => openCasesOf({ events, reads }, team, owners),
  };
};

/** The reactions' effects and their dead letters, for every process that lets operators see them. */
@Module({
  controllers: [DeadLettersController],
  providers: [
    {
      provide: Errands,
      inject: [STORES, RulesInForce],
      useFactory: (stores: Stores, rules: RulesInForce) => new Errands(triageResponse, lookingIn(stores, rules)),
    },
    {
      provide: HandOnErrands,
      inject: [STORES, RulesInForce],
      useFactory: (stores: Stores, rules: RulesInForce) => new HandOnErrands(handOnCases, lookingIn(stores, rules)),
    },
  ],
  exports: [Errands, HandOnErrands],
})
export class DeadLettersModule {}
