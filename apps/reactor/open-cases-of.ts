import { setTimeout as after } from 'node:timers/promises';
import { SHARDS } from '../../libs/event-sourcing/shard.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import type { OwnedCase } from '../../libs/reactions/effect.js';
import type { CaseDocument } from '../../libs/read-models/cases.js';
import { allPages } from '../../libs/read-store/all-pages.js';
import { NothingLive, type ReadStore } from '../../libs/read-store/read-store.js';

export interface OpenCasesFrom {
  readonly events: Pick<EventStore, 'end'>;
  readonly reads: Pick<ReadStore, 'find' | 'load' | 'live' | 'checkpoints'>;
}

const PAGE = 200;
const LOOK_EVERY_MS = 100;
const LOOKS = 50;

/** The read models are behind, and what they say of a case may be past. */
export class ReadModelsBehind extends Error {
  override readonly name = 'ReadModelsBehind';
}

/**
 * The cases that are worked on in a team and belong to somebody of these, the most urgent first, as history has them now.
 * Found by the index of open cases by owner, page by page. @throws ReadModelsBehind while what happened is not folded
 */
export async function openCasesOf(
  { events, reads }: OpenCasesFrom,
  team: string,
  owners: readonly string[],
  pause: () => Promise<unknown> = () => after(LOOK_EVERY_MS),
): Promise<readonly OwnedCase[]> {
  if (owners.length === 0) return [];
  const generation = await foldedUpTo(reads, (await events.end()) ?? '', pause);
  const sort = ['priorityRank', 'nextDueAt'].map((field) => ({ field, direction: 'asc' }) as const);
  const found: OwnedCase[] = [];
  for (const owner of owners) {
    const filter = { owner, team, status: { $in: ['open', 'paused'] } };
    for await (const page of allPages(reads, 'queues', { filter, sort, limit: PAGE })) {
      const ids = page.map((queued) => String(queued['case']));
      const documents = await reads.load(generation, 'cases', ids);
      for (const id of ids) {
        const known = documents.get(id)?.document as CaseDocument | undefined; // it stores what it declares
        if (known) found.push(ownedCase(known, owner));
      }
    }
  }
  return found;
}

/** No more of a case than a choice looks at: there may be many. */
const ownedCase = (
  { case: id, customer, programme, kind, priority, touchpoint, product, language, tags }: CaseDocument,
  owner: string,
): OwnedCase => ({ case: id, owner, customer, programme, kind, priority, touchpoint, product, language, tags });

/** The live build, once it has folded all up to there. */
async function foldedUpTo(reads: OpenCasesFrom['reads'], end: string, pause: () => Promise<unknown>): Promise<number> {
  for (let looks = 1; ; looks++) {
    const live = await reads.live();
    if (!live) throw new NothingLive();
    const checkpoints = await reads.checkpoints(live.id);
    if (checkpoints.size === SHARDS && [...checkpoints.values()].every((at) => at >= end)) return live.id;
    if (looks === LOOKS) throw new ReadModelsBehind('The read models have not folded yet what happened until now.');
    await pause();
  }
}
