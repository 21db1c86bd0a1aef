import { verifySeals } from '../../../libs/evidence/verify-seals.js';
import { compareHistories, copyHistory } from '../../../libs/migration/copy-history.js';
import { copyRecords, recordsOf, refuseForeign } from '../../../libs/migration/copy-records.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { releaseRetired } from '../../../libs/replay/builds/generations.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import { EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { showing } from '../progress.js';
import { bringUpToDate } from '../read-models.js';
import { isOf, OF_BUILDS, POSITIONS } from '../records-of-history.js';
import { sealHistory } from '../sealing.js';

export interface Migrated {
  readonly events: number;
  /** Of the events, those that this run copied; the others were there from one before. */
  readonly copied: number;
  readonly sealed: number;
  readonly records: number;
  readonly vaultRecords: number;
  /** The same in both. */
  readonly digest: string | null;
}

/**
 * Copies everything to other stores and proves the copy: event by event, by the seals, by the digest of the read
 * models built from it. Ended half-way and run again, it goes on. Nobody may write to either meanwhile.
 * @throws HistoriesDiffer, LedgersDiffer, Failure where the other stores hold something else
 */
export async function runMigrate(from: Stores, to: Stores): Promise<Migrated> {
  await refuseOccupied(from, to);
  if ((await from.events.end()) !== undefined) await bringUpToDate(from);
  await sealHistory(from);
  const [history, copy] = [from.events.asStored(), to.events.asStored()];
  const { copied } = await showing('Copying history', 'events', (display) =>
    copyHistory({
      from: history,
      to: copy,
      onProgress: ({ share, events }) => display.update(share, events),
    }),
  );
  const positions = new Positions(await positionsIn(from));
  const events = await compareHistories(history, copy, (here, there) => positions.pair(here, there));
  const vaultRecords = await copyRecords(from.vault, to.vault);
  const records = await copyRecords(from.ledger, to.ledger, ({ key, value }) => {
    if (isOf(OF_BUILDS, key)) return undefined;
    return isOf(POSITIONS, key) && typeof value === 'string' ? positions.there(value) : value;
  });
  await to.personal.checkKey();
  const seals = await verifySeals(copy.readAll(), {
    ledger: to.ledger,
    vault: to.vault,
    publicKey: (await from.signingKey()).publicKey,
  });
  if (!seals.intact) throw new Failure(`The copy does not fit its seals: ${seals.problems.join(' ')}`, EXIT.wrong);
  const digest = events === 0 ? null : await sameDigest(from, to);
  return { events, copied, sealed: seals.sealed, records, vaultRecords, digest };
}

async function refuseOccupied(from: Stores, to: Stores): Promise<void> {
  if ((await to.events.end()) === undefined && (await to.reads.generations()).length > 0)
    throw new Failure(
      'The read store to move to holds read models already, and the event store has no history. Name an empty database.',
    );
  await refuseForeign(from.ledger, to.ledger, 'ledger', (key) => isOf(OF_BUILDS, key));
  await refuseForeign(from.vault, to.vault, 'vault', () => false);
}

async function sameDigest(from: Stores, to: Stores): Promise<string> {
  const live = await bringUpToDate(to);
  await releaseRetired(to.reads, live.id);
  const [before, after] = [(await digestBuild(from.reads)).digest, (await digestBuild(to.reads)).digest];
  if (before === after) return after;
  throw new Failure(
    `The read models built from the copy are not the same: their digest is ${after}, not ${before}. Don't switch; run amends verify on both.`,
    EXIT.wrong,
  );
}

async function positionsIn({ ledger }: Stores): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const prefix of POSITIONS)
    for await (const { value } of recordsOf(ledger, prefix)) if (typeof value === 'string') found.add(value);
  return [...found].filter((position) => position !== '').toSorted();
}

/** Where the last event up to a position stands in the copy. */
class Positions {
  private readonly found = new Map<string, string>([['', '']]);
  private next = 0;
  private last = '';

  /** @param wanted in order */
  constructor(private readonly wanted: readonly string[]) {}

  /** In the order of history. */
  pair(here: string, there: string): void {
    for (let at = this.wanted[this.next]; at !== undefined && at < here; at = this.wanted[++this.next])
      this.found.set(at, this.last);
    this.last = there;
  }

  there(position: string): string {
    return this.found.get(position) ?? this.last;
  }
}
