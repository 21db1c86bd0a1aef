import type { CrashPoint } from '../event-sourcing/crash-point.js';
import { idOf } from '../event-sourcing/identity.js';
import type { EventStore } from '../event-store/event-store.js';
import { DECLARATIONS, type EventToAppend } from '../recovery/history.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';
import { appendOnce, CanNotGoOn, type Said } from './append-once.js';
import { caseGroups, type FileCase } from './case-groups.js';
import { FileRefused, openCsv, type RowsOfFile } from './csv-rows.js';
import type { CompiledMapping } from './mapping/compile-mapping.js';
import { customerOf, firstEventOf, mapCase } from './mapping/map-case.js';
import { Rejects } from './rejects.js';

/** What an import needs of the vault. */
export type CustomersAndSeals = Pick<PersonalData, 'customersOf' | 'makeKeys' | 'seal'>;

export interface ImportRequest {
  readonly file: string;
  readonly mapping: CompiledMapping;
  readonly events: EventStore;
  readonly personal: CustomersAndSeals;
  /** In force for the programme. */
  readonly rules: RuleSet;
  /** Where rejected rows go. */
  readonly rejectsFile: string;
  /** UTC, ISO 8601: recorded with every event. */
  readonly now: string;
  readonly onProgress?: (progress: Progress) => void;
  readonly crashPoint?: CrashPoint;
}

export interface Progress {
  readonly rows: number;
  /** Of the file's bytes, 0 to 1. */
  readonly share: number;
}

export interface ImportResult {
  readonly rows: number;
  readonly cases: number;
  /** Added by this run. */
  readonly added: number;
  /** In the history before it. */
  readonly alreadyThere: number;
  readonly rejected: number;
  /** Absent where nothing was rejected. */
  readonly rejectsFile?: string;
}

/**
 * Looks at the file's first lines, so that a store need not be made for a file that can't go into it.
 * @throws FileRefused when the file is not what the mapping is for.
 */
export async function checkFile(file: string, mapping: CompiledMapping): Promise<void> {
  await (await openFor(file, mapping)).close();
}

// A personal column that is misspelt would let the real one into the rejects file.
const openFor = (
  file: string,
  { mapping: { format, empty = [], personal = [] }, columns }: CompiledMapping,
): Promise<RowsOfFile> =>
  openCsv(file, { delimiter: format.delimiter ?? ',', empty, wanted: columns, named: personal });

/** Cases that are mapped and sent to the store at a time; of such chunks, so many wait for their commit at once. */
const CHUNK = 500;
const IN_FLIGHT = 3;

/**
 * Brings a file into history. Every id follows from the file, so whatever is there already is added to by nothing: an
 * import that was cut off is completed by running it again.
 * @throws FileRefused when the file is not what the mapping is for, or breaks off: then it says what went in before.
 */
export async function importFile(request: ImportRequest): Promise<ImportResult> {
  return new Import(request, (await request.events.end()) ?? '').run();
}

class Import {
  private rows = 0;
  private cases = 0;
  private added = 0;
  private alreadyThere = 0;

  constructor(
    private readonly request: ImportRequest,
    /** Whatever stands at or before it was there before this run. */
    private readonly end: string,
  ) {}

  async run(): Promise<ImportResult> {
    const { file, mapping, rejectsFile, onProgress } = this.request;
    const csv = await openFor(file, mapping);
    const rejects = new Rejects(rejectsFile, csv.header, mapping.mapping.personal ?? []);
    let unread = 0;
    const batches = caseGroups(csv.batches, mapping, (row) => {
      unread += 1;
      rejects.add(row);
    });
    const inFlight: Promise<unknown>[] = [];
    try {
      for await (const batch of batches) {
        for (let from = 0; from < batch.length; from += CHUNK) {
          const stored = Promise.all(await this.send(batch.slice(from, from + CHUNK), rejects));
          stored.catch(() => undefined); // it may fail before its turn to be waited for, below
          inFlight.push(stored);
          if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
        }
        onProgress?.({ rows: this.rows + unread, share: csv.share() });
      }
      await Promise.all(inFlight);
    } catch (error) {
      await Promise.allSettled(inFlight);
      throw error instanceof FileRefused ? new FileRefused(`${error.message} ${this.whatWentIn(rejects)}`) : error;
    } finally {
      await Promise.allSettled(inFlight);
      await rejects.close();
    }
    const { cases, added, alreadyThere } = this;
    const rejected = rejects.count;
    return { rows: this.rows + unread, cases, added, alreadyThere, rejected, ...(rejected > 0 ? { rejectsFile } : {}) };
  }

  private whatWentIn({ count, path }: Rejects): string {
    const rejected = count > 0 ? ` The rows rejected before that are in ${path}.` : '';
    return this.added === 0
      ? `Nothing was added.${rejected}`
      : `${this.added} events were added before that and stay: import the whole file, and it adds the rest.${rejected}`;
  }

  /** Sends a chunk of cases to the store and resolves, once all are on their way, to what will be when they are stored. */
  private async send(cases: readonly FileCase[], rejects: Rejects): Promise<readonly Promise<void>[]> {
    const customers = await this.customersOf(cases);
    this.request.crashPoint?.('import: after customers, before append');
    const { mapping, rules, now, personal } = this.request;
    const mapped = cases.flatMap((one, index): readonly ReadyCase[] => {
      const customer = customers[index] ?? '';
      const { streams, rejected } = mapCase(mapping, one, { customer, rules, recordedAt: now });
      this.rows += one.rows.length;
      const texts = (line: number) => one.rows.find((row) => row.line === line)?.texts ?? [];
      for (const row of rejected) rejects.add({ ...row, texts: texts(row.line) });
      return streams.size === 0 ? [] : [{ customer, rows: one.rows, streams }];
    });
    this.cases += mapped.length;
    const spoken = mapped.filter(({ streams }) =>
      [...streams.values()].some((events) => events.some(holdsPersonalText)),
    );
    if (spoken.length > 0) await personal.makeKeys(spoken.map(({ customer }) => customer));
    return mapped.map((one) => this.store(one, rejects));
  }

  /** A case that is nobody's is a customer of its own, whom no other system has a name for. */
  private async customersOf(cases: readonly FileCase[]): Promise<readonly string[]> {
    const { mapping, personal } = this.request;
    const { source } = mapping.mapping;
    const named = cases.map((one) => customerOf(mapping, one));
    const known = await personal.customersOf(
      cases.flatMap((one, index) => {
        const id = named[index];
        return id === undefined ? [] : [{ reference: { source, id }, event: firstEventOf(mapping, one) }];
      }),
    );
    let next = 0;
    return cases.map((one, index) =>
      named[index] === undefined ? idOf(source, 'customer of', one.group) : (known[next++] ?? ''),
    );
  }

  private async store({ customer, rows, streams }: ReadyCase, rejects: Rejects): Promise<void> {
    const { events: store, personal } = this.request;
    const seal = (plain: readonly EventToAppend[], owner: string) =>
      personal.seal(plain, owner).catch(undefinedIfForgotten);
    const said = await Promise.all(
      [...streams].map(async ([stream, plain]): Promise<Said> => ({
        ...{ stream, plain, customer, seal },
        sealed: await seal(plain, customer),
      })),
    );
    // All of a case's streams in one turn, in order: what a response led to stands behind it in history.
    const appends = said.map((one) => appendOnce(store, one, this.end));
    for (const outcome of await Promise.allSettled(appends)) {
      if (outcome.status === 'fulfilled') {
        this.added += outcome.value.added;
        this.alreadyThere += outcome.value.alreadyThere;
      } else if (outcome.reason instanceof CanNotGoOn) {
        const reason = `The rest of its case was not imported: ${outcome.reason.message}`;
        for (const row of rows) rejects.add({ ...row, reason });
      } else throw outcome.reason;
    }
  }
}

interface ReadyCase {
  readonly customer: string;
  readonly rows: FileCase['rows'];
  readonly streams: ReadonlyMap<string, readonly EventToAppend[]>;
}

const holdsPersonalText = ({ type, data }: EventToAppend): boolean =>
  DECLARATIONS[type].personal?.some((field) => typeof (data as Record<string, unknown>)[field] === 'string') ?? false;

const undefinedIfForgotten = (error: unknown): undefined => {
  if (!(error instanceof CustomerIsForgotten)) throw error;
};
