import type { Ledger } from '../ledger/ledger.js';

/** How far the sources are listed of customers who were named before the vault listed sources. */
interface Progress {
  /** The last entry of a customer that was read. */
  readonly after: string;
  readonly isDone: boolean;
}

const LISTED = 'source/';
const PROGRESS = 'source-listing/progress';
/** Entries read at a time: few enough that other requests don't wait for them. */
const PAGE = 250;

export interface CustomerSourcesOptions {
  readonly vault: Ledger;
  /** Of the entries of all customers. */
  readonly prefix: string;
  /** Undefined for an entry that doesn't open. */
  sourceIn(this: void, key: string, sealed: string): string | undefined;
}

/** Lists the systems that name customers, because a customer is found by an id and the system that it comes from. */
export class CustomerSources {
  /** Those that the vault lists. */
  private readonly listed = new Set<string>();
  private earlier: Promise<void> | undefined;

  constructor(private readonly options: CustomerSourcesOptions) {}

  async all(): Promise<readonly string[]> {
    await this.listEarlier();
    return (await this.options.vault.list(LISTED)).map(({ key }) => key.slice(LISTED.length));
  }

  /** Call it before storing what they name. */
  async list(sources: Iterable<string>): Promise<void> {
    for (const source of new Set(sources))
      if (!this.listed.has(source)) {
        if (this.listed.size === 0) await this.markIfNew();
        await this.options.vault.put({ key: `${LISTED}${source}`, value: {} });
        this.listed.add(source);
      }
  }

  /** A vault without customers has none to read later. */
  private async markIfNew(): Promise<void> {
    const { vault, prefix } = this.options;
    if ((await vault.get(PROGRESS)) || (await vault.list(prefix, { limit: 1 })).length > 0) return;
    await vault.put({ key: PROGRESS, value: { after: prefix, isDone: true } satisfies Progress });
  }

  /** Once for a vault. Whoever asks during it waits for it. */
  private async listEarlier(): Promise<void> {
    this.earlier ??= this.readCustomers();
    try {
      await this.earlier;
    } catch (error) {
      this.earlier = undefined; // the next to ask resumes it
      throw error;
    }
  }

  private async readCustomers(): Promise<void> {
    const { vault, prefix, sourceIn } = this.options;
    let progress = (await vault.get<Progress>(PROGRESS))?.value ?? { after: prefix, isDone: false };
    while (!progress.isDone) {
      const page = await vault.list<{ sealed: string }>(prefix, { after: progress.after, limit: PAGE });
      const sources = page.map(({ key, value }) => sourceIn(key, value.sealed));
      await this.list(sources.filter((source) => source !== undefined));
      progress = { after: page.at(-1)?.key ?? progress.after, isDone: page.length < PAGE };
      await vault.put({ key: PROGRESS, value: progress });
    }
  }
}
