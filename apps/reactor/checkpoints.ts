import { SHARDS } from '../../libs/event-sourcing/shard.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { handOnCases } from '../../libs/reactions/hand-on-cases.js';
import { triageResponse } from '../../libs/reactions/triage-response.js';

/** What writes messages into the outbox has checkpoints as a reaction has. */
export const OUTBOUND = { name: 'outbound' } as const;

const SAVE_EVERY_MS = 250;
/** Nothing is done twice where nothing was done, but a start after a crash reads again what came since. */
const SAVE_QUIET_EVERY_MS = 10_000;

/** How far a reaction has come, by shard: workers that share the shards each keep their own. */
export class Checkpoints {
  private waiting: string[] | undefined;
  private saved: readonly string[] = [];
  private savedAt = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly reaction: string,
  ) {}

  /**
   * A new reaction starts at `end`: events before its deployment set nothing off. The first recorded start stands, also
   * when another process records one; after an interruption it holds for all shards.
   */
  async load(end: string | undefined): Promise<string[]> {
    const found = await this.stored();
    if (found.size === SHARDS) return allShards((shard) => found.get(shard) ?? '');
    const start = [...found.values()].reduce((least, at) => (at < least ? at : least), end ?? '');
    await this.ledger.putMany(allShards((shard) => ({ key: this.keyOf(shard), value: start, expected: 0 })));
    const stored = await this.stored();
    return allShards((shard) => stored.get(shard) ?? start);
  }

  /** The position that all shards have reached, also by another process; undefined before the first start. */
  async reached(): Promise<string | undefined> {
    const stored = [...(await this.stored()).values()];
    return stored.length < SHARDS ? undefined : stored.reduce((least, at) => (at < least ? at : least));
  }

  /** At most four times a second: after a crash, command ids prevent that effects happen twice. */
  async save(shards: readonly string[], acted: boolean): Promise<void> {
    this.waiting = [...shards];
    if (performance.now() - this.savedAt >= (acted ? SAVE_EVERY_MS : SAVE_QUIET_EVERY_MS)) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.waiting === undefined) return;
    await this.write(this.waiting);
    this.waiting = undefined;
  }

  private async write(shards: readonly string[]): Promise<void> {
    const puts = shards.flatMap((position, shard) =>
      this.saved[shard] === position ? [] : [{ key: this.keyOf(shard), value: position }],
    );
    if (puts.length > 0) await this.ledger.putMany(puts);
    this.saved = [...shards];
    this.savedAt = performance.now();
  }

  private async stored(): Promise<ReadonlyMap<number, string>> {
    const records = await this.ledger.list<string>(this.prefix, { limit: SHARDS });
    return new Map(records.map(({ key, value }) => [Number(key.slice(this.prefix.length)), value]));
  }

  private keyOf(shard: number): string {
    return this.prefix + String(shard).padStart(3, '0');
  }

  private get prefix(): string {
    return `reaction-checkpoint/${this.reaction}/`;
  }
}

const allShards = <T>(of: (shard: number) => T): T[] => Array.from({ length: SHARDS }, (_, shard) => of(shard));

/** Whatever reacts to events. */
const REACTIONS = [triageResponse, handOnCases, OUTBOUND];

/**
 * Records where new reactions begin. Processes that record responses do so first, so that a reactor which starts later
 * begins there.
 */
export async function beginReactions(
  { events, ledger }: Pick<Stores, 'events' | 'ledger'>,
  reactions: readonly { readonly name: string }[] = REACTIONS,
): Promise<void> {
  for (const { name } of reactions) await new Checkpoints(ledger, name).load(await events.end());
}

/** The position that all shards have reached. */
export const least = (shards: readonly string[]): string =>
  shards.reduce((low, at) => (at < low ? at : low), shards[0] ?? '');
