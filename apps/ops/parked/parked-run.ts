import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { ParkedList, type ParkedRecord } from '../../../libs/replay/fold/parked.js';
import { EXIT, Failure } from '../failure.js';
import { withStores } from '../data-folder.js';

/** What waits because a read model could not fold the first of its events. The events' data may be personal. */
export interface Parked {
  readonly generation: number;
  readonly readModel: string;
  /** Usually a case's id. */
  readonly key: string;
  readonly error: string;
  readonly events: readonly Pick<
    ParkedRecord['events'][number],
    'id' | 'type' | 'stream' | 'revision' | 'recordedAt'
  >[];
}

export interface NamedParked {
  readonly generation?: number;
  readonly readModel: string;
  readonly key: string;
}

export const listParked = (places: StorePlaces): Promise<readonly Parked[]> =>
  withStores(places, 'read', async ({ reads, ledger }) => {
    const parked = new ParkedList(ledger);
    const lists = await Promise.all((await reads.generations()).map(({ id }) => parked.list(id)));
    return lists.flat().map(({ projection, ...record }) => ({ ...record, readModel: projection }));
  });

/** True: nothing of that key waits any more. */
export type Done = boolean;

/** Without an app on the folder this process folds by itself. @throws Failure where projectors do */
export function foldParked(
  places: StorePlaces,
  work: 'retry' | 'skip',
  named: readonly NamedParked[],
): Promise<readonly Done[]> {
  if (places.readStore !== undefined)
    throw new Failure(
      'Projectors fold this store. Ask the one that folds the shard, at its own address: POST /v1/parked/retry or /skip.',
      EXIT.usage,
    );
  return withStores(places, 'write', (stores) => foldHere(stores, work, named));
}

async function foldHere(stores: Stores, work: 'retry' | 'skip', named: readonly NamedParked[]): Promise<Done[]> {
  const { followerOn } = await import('../../../libs/builds/follow/follower-on.js');
  const live = await stores.reads.live();
  let failure: unknown;
  const follower = followerOn(stores, (_, error) => (failure ??= error));
  await follower.refresh();
  try {
    const done: Done[] = [];
    for (const { generation = live?.id ?? 0, readModel, key } of named) {
      if ((await new ParkedList(stores.ledger).get(generation, readModel, key)) === undefined)
        throw new Failure(`${key} is not parked in ${readModel}. amends parked list shows what is.`);
      await follower.caughtUp(generation);
      done.push(await follower[work](generation, readModel, key));
    }
    return done;
  } finally {
    await follower.stop();
    if (failure !== undefined) process.stderr.write(`${String(failure)}\n`);
  }
}
