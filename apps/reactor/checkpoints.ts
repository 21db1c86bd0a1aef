import { SHARDS } from '../../libs/event-sourcing/shard.js';
import type { Ledger } from '../../libs/ledger/ledger.js';

const SAVE_EVERY_MS = 250;

/** How far a reaction has reacted, by shard: workers that share the shards each keep their own. */
export class Checkpoints {
  private waiting: string[] | undefined;
  private saved: readonly string[] = [];
  private savedAt = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly reaction: string,
  ) {}

  /** A reaction that was never here starts at `end`: history before it was deployed sets nothing off. */
  async load(end: string | undefined): Promise<string[]> {
    const records = await this.ledger.list<string>(this.prefix, { limit: SHARDS });
    const shards = Array.from({ length: SHARDS }, () => end ?? '');
    for (const { key, value } of records) shards[Number(key.slice(this.prefix.length))] = value;
    if (records.length < SHARDS) await this.write(shards);
    return shards;
  }

  /** At most four times a second: what is done twice after a crash is done once by its command's id. */
  async save(shards: readonly string[], acted: boolean): Promise<void> {
    this.waiting = [...shards];
    if (acted && performance.now() - this.savedAt >= SAVE_EVERY_MS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.waiting === undefined) return;
    await this.write(this.waiting);
    this.waiting = undefined;
  }

  private async write(shards: readonly string[]): Promise<void> {
    const puts = shards.flatMap((position, shard) =>
      this.saved[shard] === position ? [] : [{ key: this.prefix + String(shard).padStart(3, '0'), value: position }],
    );
    if (puts.length > 0) await this.ledger.putMany(puts);
    this.saved = [...shards];
    this.savedAt = performance.now();
  }

  private get prefix(): string {
    return `reaction-checkpoint/${this.reaction}/`;
  }
}
