import { isDeepStrictEqual } from 'node:util';
import { setTimeout as after } from 'node:timers/promises';
import { SHARDS } from '../../event-sourcing/shard.js';
import type { EventStore } from '../../event-store/event-store.js';
import type { ReadStore } from '../../read-store/read-store.js';
import { secondsBehind } from './follower.js';
import { FollowedElsewhere, Following, type Lag } from './following.js';
import { isFed } from '../builds/generations.js';
import type { ParkedList } from '../fold/parked.js';

const LOOK_EVERY_MS = 20;
const MOST_TRIES = 5;

/** Read models that other processes follow; the checkpoints in the read store show their progress. */
export class ReadModelsElsewhere extends Following {
  constructor(
    private readonly events: EventStore,
    private readonly reads: ReadStore,
    private readonly parked: ParkedList,
  ) {
    super();
  }

  /** The projectors look for builds themselves. */
  async refresh(): Promise<void> {}

  async waitFor(shard: number, position: string, deadlineMs: number, signal?: AbortSignal): Promise<boolean> {
    const expired = AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(signal ? [signal] : [])]);
    return this.until(expired, async () => {
      const live = await this.reads.live();
      return live !== undefined && ((await this.reads.checkpoints(live.id)).get(shard) ?? '') >= position;
    });
  }

  async caughtUp(generation: number, signal: AbortSignal = new AbortController().signal): Promise<void> {
    const end = await this.events.end();
    if (end === undefined) return;
    const there = await this.until(signal, async () => (await this.reached(generation)) >= end);
    if (!there) signal.throwIfAborted();
  }

  /** It can't pause another process, so it repeats work during which the build moved on. */
  async whilePaused<T>(generation: number, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const before = await this.reads.checkpoints(generation);
      const done = await work();
      if (isDeepStrictEqual(before, await this.reads.checkpoints(generation))) return done;
      if (tries === MOST_TRIES)
        throw new Error('History grows faster than the comparison runs. Try again at a quieter time.');
    }
  }

  retry(): Promise<boolean> {
    return Promise.reject(new FollowedElsewhere());
  }

  skip(): Promise<boolean> {
    return Promise.reject(new FollowedElsewhere());
  }

  async lag(now: Date = new Date()): Promise<readonly Lag[]> {
    const fed = (await this.reads.generations()).filter(isFed);
    return Promise.all(
      fed.map(async ({ id, status }) => {
        const parked: Record<string, number> = {};
        for (const { projection } of await this.parked.list(id)) parked[projection] = (parked[projection] ?? 0) + 1;
        const position = (await this.reached(id)) || undefined;
        const seconds = await secondsBehind(this.events, position, now);
        return { generation: id, status, state: seconds > 0 ? 'behind' : 'following', seconds, position, parked };
      }),
    );
  }

  /** The position up to which all shards are folded; '' if a shard has not begun. */
  private async reached(generation: number): Promise<string> {
    const checkpoints = await this.reads.checkpoints(generation);
    if (checkpoints.size < SHARDS) return '';
    return [...checkpoints.values()].reduce((least, at) => (at < least ? at : least));
  }

  private async until(signal: AbortSignal, holds: () => Promise<boolean>): Promise<boolean> {
    while (!(await holds())) {
      if (signal.aborted) return false;
      await after(LOOK_EVERY_MS);
    }
    return true;
  }
}
