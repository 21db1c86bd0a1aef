import type { ThreadStores } from '../../platform/stores/open-stores.js';
import { Inputs } from '../../read-models/inputs.js';
import { READ_MODELS } from '../../read-models/read-models.js';
import { booksOf } from '../../replay/builds/kept-builds.js';
import { loadRuleBooks } from '../../replay/builds/rule-books.js';
import { ReadModelFollower, type FollowerOptions } from '../../replay/follow/follower.js';
import { ParkedList } from '../../replay/fold/parked.js';

/** What a reader sees is this much older than history while events come in one after the other. */
const REST = { leastMs: 50, mostMs: 300 };

/** Nobody's requests wait for this thread, only who asks for a position: a flush of more events writes fewer pages. */
const STEP_MS = 200;

/** Folds history into the kept builds, each under its own rules. */
export const followerOn = (
  { events, reads, ledger }: Pick<ThreadStores, 'events' | 'reads' | 'ledger'>,
  onFailure: FollowerOptions<Inputs>['onFailure'],
): ReadModelFollower<Inputs> =>
  new ReadModelFollower<Inputs>({
    events,
    reads,
    projections: READ_MODELS,
    parked: new ParkedList(ledger),
    rest: REST,
    stepMs: STEP_MS,
    inputs: async (generation) => {
      const history = await loadRuleBooks(events);
      const stamp = (await reads.generations()).find(({ id }) => id === generation)?.stamp;
      return new Inputs(stamp === undefined ? history.books : booksOf(stamp, history));
    },
    onFailure,
  });
