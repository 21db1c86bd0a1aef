import { setTimeout as after } from 'node:timers/promises';
import type { Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { VersionConflict, type Ledger } from '../ledger/ledger.js';
import { forgetAnchor, storeAnchor, readAnchor } from './anchor.js';
import { CHAIN_START, hashOfEvent, link, SHORT_HASH_LENGTH } from './chain.js';
import { isSignedBy, packContents, sealKey, SEALS, signSeal, unpackContents, type Seal } from './seal.js';
import type { SigningKey } from './signing-key.js';

/** History and its seals disagree, so the sealer adds no seal. */
export class SealsDisagree extends Error {
  constructor(because: string) {
    super(`${because} The sealer stopped. Run amends verify: it names what is wrong.`);
    this.name = 'SealsDisagree';
  }
}

const MOST_EVENTS_A_SEAL = 1_000;
const SEALS_A_PAGE = 20;

export interface SealerOptions {
  /** The events as they are stored, not upcast. */
  readonly history: EventStore;
  readonly ledger: Ledger;
  /** Stores the anchor, apart from the seals. */
  readonly vault: Ledger;
  readonly key: SigningKey;
  /** UTC, ISO 8601. */
  readonly now: () => string;
}

/** Seals history. After a stop it resumes from the last seal. */
export class Sealer {
  private number = 0;
  private chain = CHAIN_START;
  private last: string | undefined;
  /** Sealed events, and how many of them the vault's anchor counts. */
  private sealed = 0;
  private inVault = 0;
  private working: Promise<number> = Promise.resolve(0);

  private constructor(private readonly options: SealerOptions) {}

  /** @throws SealsDisagree if the last seal isn't ours, its last event is missing or changed, or seals are missing */
  static async open(options: SealerOptions): Promise<Sealer> {
    const sealer = new Sealer(options);
    await sealer.resume();
    return sealer;
  }

  /** Seals all unsealed events; resolves to their number. */
  sealNow(): Promise<number> {
    const seal = (): Promise<number> => this.sealRest();
    return (this.working = this.working.then(seal, seal));
  }

  /** Seals periodically until the signal, then once more. */
  async run(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.sealNow();
      await after(everyMs, undefined, { signal }).catch(() => undefined); // the signal ends it early
    }
    await this.sealNow();
  }

  private async sealRest(): Promise<number> {
    let sealed = 0;
    for (let isDone = false; !isDone;)
      try {
        const batches = this.options.history.readAll({ from: this.last, batchSize: MOST_EVENTS_A_SEAL });
        for await (const { events } of batches) {
          if (events.length > 0) await this.seal(events);
          sealed += events.length;
        }
        isDone = true;
      } catch (error) {
        // Another process made this seal first: resume from it.
        if (!(error instanceof VersionConflict)) throw error;
        await this.resume();
      }
    await this.storeAnchorIfMoved();
    return sealed;
  }

  private async seal(events: readonly Recorded[]): Promise<void> {
    const { ledger, key, now } = this.options;
    let chain = this.chain;
    const contents = events.map((event) => {
      const hash = hashOfEvent(event);
      chain = link(chain, hash);
      const { type, stream, revision, position } = event;
      return { hash: hash.slice(0, SHORT_HASH_LENGTH), type, stream, revision, position };
    });
    const [number, previous, count] = [this.number + 1, this.chain, events.length];
    const [first = '', last = ''] = [contents[0]?.position, contents.at(-1)?.position];
    const seal = { number, previous, chain, first, last, count, contents: packContents(contents), sealedAt: now() };
    await ledger.put({ key: sealKey(number), value: signSeal(seal, key.privateKey), expected: 0 });
    [this.number, this.chain, this.last] = [number, chain, last];
    this.sealed += count;
  }

  /** After the seals, because an anchor that counts too few events is still true. */
  private async storeAnchorIfMoved(): Promise<void> {
    if (this.inVault === this.sealed) return;
    await storeAnchor(this.options.vault, { events: this.sealed, chain: this.chain });
    this.inVault = this.sealed;
  }

  private async resume(): Promise<void> {
    const { ledger, vault } = this.options;
    const [record] = await ledger.list<Seal>(SEALS, { limit: 1, direction: 'backwards' });
    if (record !== undefined) await this.resumeFrom(record.value);
    const anchor = await readAnchor(vault);
    // The anchor is stored after each seal, so it nearly always counts the last one too.
    const isAnchored = anchor !== undefined && record?.value.chain === anchor.chain;
    const since = isAnchored ? 0 : await sealedSince(ledger, anchor?.chain);
    if (anchor !== undefined && since === undefined)
      throw new SealsDisagree(`Seals are missing: the vault's anchor counts ${anchor.events} sealed events.`);
    this.inVault = anchor?.events ?? 0;
    this.sealed = this.inVault + (since ?? 0);
  }

  private async resumeFrom(seal: Seal): Promise<void> {
    const { history, key } = this.options;
    if (!isSignedBy(seal, key.publicKey))
      throw new SealsDisagree(
        `Seal ${seal.number} was changed, or made with another key than seal.key or AMENDS_SEAL_KEY.`,
      );
    const sealed = unpackContents(seal).at(-1);
    const { stream, revision } = sealed ?? { stream: '', revision: 1 };
    const { events } = await history.readStream(stream, { after: revision - 1, limit: 1 });
    const [event] = events;
    if (event === undefined || !hashOfEvent(event).startsWith(sealed?.hash ?? '-')) {
      throw new SealsDisagree(`The last sealed event (revision ${revision} of ${stream}) is missing or was changed.`);
    }
    [this.number, this.chain, this.last] = [seal.number, seal.chain, event.position];
  }
}

/** The number of events sealed after `chain`, or of all; undefined if no seal ends with that chain. */
const sealedSince = async (ledger: Ledger, chain: string | undefined): Promise<number | undefined> => {
  let events = 0;
  for (let after: string | undefined; ;) {
    const records = await ledger.list<Seal>(SEALS, { after, limit: SEALS_A_PAGE, direction: 'backwards' });
    for (const { key, value: seal } of records) {
      if (seal.chain === chain) return events;
      events += seal.count;
      after = key;
    }
    if (records.length === 0) return chain === undefined ? events : undefined;
  }
};

/**
 * After a restore: withdraws the seals of events that the restored history lacks, and the anchor, so that sealing
 * resumes from the last seal that fits. They stay in the ledger as `withdrawn-seal/...`. Resolves to their number.
 */
export const withdrawSealsAfter = async (
  { ledger, vault }: { readonly ledger: Ledger; readonly vault: Ledger },
  lastPosition: string | undefined,
): Promise<number> => {
  await forgetAnchor(vault);
  for (let withdrawn = 0; ; withdrawn++) {
    const [record] = await ledger.list<Seal>(SEALS, { limit: 1, direction: 'backwards' });
    if (record === undefined || (lastPosition !== undefined && record.value.last <= lastPosition)) return withdrawn;
    const { number, chain } = record.value;
    await ledger.put({ key: `withdrawn-${sealKey(number)}-${chain.slice(0, SHORT_HASH_LENGTH)}`, value: record.value });
    await ledger.remove(record.key, record.version);
  }
};
