import { Logger, type FactoryProvider } from '@nestjs/common';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { STORES } from '../../libs/platform/stores/stores.module.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { booksOf } from '../../libs/replay/builds/kept-builds.js';
import { ReadModelFollower } from '../../libs/replay/follow/follower.js';
import { ParkedList } from '../../libs/replay/fold/parked.js';
import { loadRuleBooks } from '../../libs/replay/builds/rule-books.js';

/** Folds history into the kept builds, each under its own rules. */
export const FOLLOWER: FactoryProvider<ReadModelFollower<Inputs>> = {
  provide: ReadModelFollower,
  inject: [STORES],
  useFactory: ({ events, reads, ledger }: Stores) => {
    const logger = new Logger('Projector');
    return new ReadModelFollower<Inputs>({
      events,
      reads,
      projections: READ_MODELS,
      parked: new ParkedList(ledger),
      inputs: async (generation) => {
        const history = await loadRuleBooks(events);
        const stamp = (await reads.generations()).find(({ id }) => id === generation)?.stamp;
        return new Inputs(stamp === undefined ? history.books : booksOf(stamp, history));
      },
      onFailure: (generation, error) => {
        const because = errorStack(error);
        logger.error({ generation, error: because }, 'The read models are no longer followed');
      },
    });
  },
};
