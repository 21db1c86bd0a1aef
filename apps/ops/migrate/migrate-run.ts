import { verifySeals } from '../../../libs/evidence/verify-seals.js';
import { compareHistories, copyHistory } from '../../../libs/migration/copy-history.js';
import { copyRecords, recordsOf, refuseForeign } from '../../../libs/migration/copy-records.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { releaseRetired } from '../../../libs/replay/builds/generations.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import { EXIT, Failure } from '../failure.js';
import { showing } from '../progress.js';
import { catchUp, sealHistory } from '../end-of-history.js';
import { hasPrefix, BUILD_RECORDS, POSITION_RECORDS } from '../records-of-history.js';

/**
 * Copies everything to other stores and proves the copy: event by event, by the seals, and by the digest of the read
 * models. After a crash it resumes: `copied` counts the events of this run. Nobody may write to either store meanwhile.
 * @throws HistoriesDiffer, LedgersDiffer, Failure if the target holds something else
 */
export async function runMigrate(from: Stores, to: Stores) {
  await refuseOccupied(from, to);
  if ((await from.events.end()) !== undefined) await catchUp(from);
  await sealHistory(from);
  const [history, copy] = [from.events.asStored(), to.events.asStored()];
  const { copied } = await showing('Copying history', (onProgress) =>
    copyHistory({ from: history, to: copy, onProgress }),
  );
  const positions = new Positions(await positionsIn(from));
  const events = await compareHistories(history, copy, (here, inCopy) => positions.pair(here, inCopy));
  const vaultRecords = await copyRecords(from.vault, to.vault);
  const records = await copyRecords(from.ledger, to.ledger, ({ key, value }) => {
    if (hasPrefix(BUILD_RECORDS, key)) return undefined;
    return hasPrefix(POSITION_RECORDS, key) && typeof value === 'string' ? positions.inCopy(value) : value;
  });
  await to.personal.checkKey();
  const seals = await verifySeals(copy.readAll(), {
    ledger: to.ledger,
    vault: to.vault,
    publicKey: (await from.signingKey()).publicKey,
  });
  if (!seals.intact)
    throw new Failure(
      `The copy does not match its seals: ${seals.problems.join(' ')} Don't switch; migrate into an empty target.`,
      EXIT.wrong,
    );
  const digest = events === 0 ? null : await sameDigest(from, to);
  return { events, copied, sealed: seals.sealed, records, vaultRecords, digest };
}

export type Migrated = Awaited<ReturnType<typeof runMigrate>>;

async function refuseOccupied(from: Stores, to: Stores): Promise<void> {
  if ((await to.events.end()) === undefined && (await to.reads.generations()).length > 0)
    throw new Failure(
      'The target read store already holds read models, and the event store has no history. Name an empty database.',
    );
  await refuseForeign(from.ledger, to.ledger, 'ledger', (key) => hasPrefix(BUILD_RECORDS, key));
  await refuseForeign(from.vault, to.vault, 'vault', () => false);
}

async function sameDigest(from: Stores, to: Stores): Promise<string> {
  const live = await catchUp(to);
  await releaseRetired(to.reads, live.id);
  const [before, after] = [(await digestBuild(from.reads)).digest, (await digestBuild(to.reads)).digest];
  if (before === after) return after;
  throw new Failure(
    `The read models built from the copy differ: their digest is ${after}, not ${before}. Don't switch; run amends verify on both.`,
    EXIT.wrong,
  );
}

async function positionsIn({ ledger }: Stores): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const prefix of POSITION_RECORDS)
    for await (const { value } of recordsOf(ledger, prefix)) if (typeof value === 'string') found.add(value);
  return [...found].filter((position) => position !== '').toSorted();
}

/** Maps a position to the copy's position of the last event up to it. */
class Positions {
  private readonly found = new Map<string, string>([['', '']]);
  private next = 0;
  private last = '';

  /** @param wanted sorted */
  constructor(private readonly wanted: readonly string[]) {}

  /** Call it in the order of history. */
  pair(here: string, inCopy: string): void {
    for (let at = this.wanted[this.next]; at !== undefined && at < here; at = this.wanted[++this.next])
      this.found.set(at, this.last);
    this.last = inCopy;
  }

  inCopy(position: string): string {
    return this.found.get(position) ?? this.last;
  }
}
