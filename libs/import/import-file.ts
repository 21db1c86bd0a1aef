import type { CrashPoint } from '../event-sourcing/crash-point.js';
import { idOf } from '../event-sourcing/identity.js';
import type { EventStore } from '../event-store/event-store.js';
import { DECLARATIONS, type EventToAppend } from '../recovery/history.js';
import { compileRules, type CompiledRules } from '../recovery/rules/compile.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import type { PersonalData } from '../vault/personal-data.js';
import { CustomerIsForgotten } from '../vault/vault-errors.js';
import { appendOnce, DoesNotFit, type StreamEvents } from './append-once.js';
import { caseGroups, type FileCase } from './case-groups.js';
import { firstRows } from './first-rows.js';
import { heldNever } from './held-never.js';
import { FileRefused, openCsv, type RowsOfFile } from './csv-rows.js';
import type { SeenTexts } from './mapping/column-types.js';
import type { CompiledMapping } from './mapping/compile-mapping.js';
import { customerOf, firstEventOf, mapCase, type MappedCase, type Rejected } from './mapping/map-case.js';
import { TRIAGED } from './mapping/triage-as-of.js';
import { Rejects } from './rejects.js';

export type CustomersAndSeals = Pick<PersonalData, 'customersOf' | 'makeKeys' | 'seal' | 'open'>;

export interface ImportRequest {
  readonly file: string;
  readonly mapping: CompiledMapping;
  readonly events: EventStore;
  readonly personal: CustomersAndSeals;
  /** The programme's rules in force. */
  readonly rules: RuleSet;
  readonly rejectsFile: string;
  /** UTC, ISO 8601: every event's `recordedAt`. */
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
  /** Of the rows, whether opened by this run or before; an answer alone is no case. */
  readonly cases: number;
  /** Added by this run. */
  readonly added: number;
  /** In the history before it. */
  readonly alreadyThere: number;
  /** Of what was added, corrections of what earlier files said; absent if none. */
  readonly corrected?: number;
  readonly rejected: number;
  /** Rows with a date in an hour that comes twice, read as the earlier because the mapping does not choose; absent if none. */
  readonly inRepeatedHour?: number;
  /** Absent if there are no rejected rows. */
  readonly rejectsFile?: string;
  /** What the import took columns for, and conditions that held for no row. Absent if there is nothing to say. */
  readonly notes?: readonly string[];
}

/**
 * Checks the file's first lines, so that nobody makes a store for a file that it can't import.
 * @throws FileRefused if the file doesn't fit the mapping, MappingRefused if a condition can't hold for its first rows
 */
export async function checkFile(file: string, mapping: CompiledMapping): Promise<void> {
  const csv = await openFor(file, mapping);
  try {
    mapping.fitTo((await firstRows(csv)).seen);
  } finally {
    await csv.close();
  }
}

// With a misspelt personal column, the real one would get into the rejects file.
export const openFor = (
  file: string,
  { mapping: { format, empty = [], personal = [] }, columns }: CompiledMapping,
): Promise<RowsOfFile> =>
  openCsv(file, {
    ...{ delimiter: format.delimiter ?? ',', encoding: format.encoding ?? 'utf-8' },
    ...{ empty, wanted: columns, named: personal },
  });

/** Cases per chunk, and how many chunks wait for their commit. */
const CHUNK = 500;
const IN_FLIGHT = 3;

/**
 * Imports a file into history. Every id follows from the file, so a second import adds only what is missing: after a
 * crash, run it again.
 * @throws FileRefused if the file doesn't fit the mapping, or breaks off: then it says what it imported before
 */
export async function importFile(request: ImportRequest): Promise<ImportResult> {
  const { events, mapping, rules } = request;
  const { programme, triage } = mapping.mapping;
  const inForce = compileRules(rules);
  const { books } = triage === undefined ? { books: ruleBooks({}) } : await loadRuleBooks(events);
  const rulesAt = (occurredAt: string) => books.at(programme, occurredAt) ?? inForce;
  return new Import(request, (await events.end()) ?? '', rulesAt).run();
}

class Import {
  private rows = 0;
  private cases = 0;
  private added = 0;
  private alreadyThere = 0;
  private corrected = 0;
  private inRepeatedHour = 0;
  private mapping: CompiledMapping;
  private readonly held = new Set<number>();

  constructor(
    private readonly request: ImportRequest,
    /** The end of history before this run. */
    private readonly end: string,
    private readonly rulesAt: (occurredAt: string) => CompiledRules,
  ) {
    this.mapping = request.mapping;
  }

  async run(): Promise<ImportResult> {
    const { file, rejectsFile, onProgress } = this.request;
    const csv = await openFor(file, this.mapping);
    const { seen, batches: all } = await firstRows(csv);
    const mapping = await this.fit(csv, seen);
    const rejects = new Rejects(rejectsFile, csv.header, mapping.mapping.personal ?? []);
    let unread = 0;
    const batches = caseGroups(all, mapping, (row) => {
      unread += 1;
      rejects.add(row);
    });
    const inFlight: Promise<unknown>[] = [];
    try {
      for await (const batch of batches) {
        for (let from = 0; from < batch.length; from += CHUNK) {
          const stored = Promise.all(await this.send(batch.slice(from, from + CHUNK), rejects));
          stored.catch(() => undefined); // it may fail before the await below
          inFlight.push(stored);
          if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
        }
        onProgress?.({ rows: this.rows + unread, share: csv.share() });
      }
      await Promise.all(inFlight);
    } catch (error) {
      await Promise.allSettled(inFlight);
      throw error instanceof FileRefused ? new FileRefused(`${error.message} ${this.outcome(rejects)}`) : error;
    } finally {
      await Promise.allSettled(inFlight);
      await rejects.close();
    }
    const { cases, added, alreadyThere, corrected, inRepeatedHour } = this;
    const rejected = rejects.count;
    const notes = [...mapping.took, ...heldNever(mapping, this.held, seen)];
    return {
      ...{ rows: this.rows + unread, cases, added, alreadyThere, rejected },
      ...(corrected > 0 ? { corrected } : {}),
      ...(rejected > 0 ? { rejectsFile } : {}),
      ...(inRepeatedHour > 0 ? { inRepeatedHour } : {}),
      ...(notes.length > 0 ? { notes } : {}),
    };
  }

  private async fit(csv: RowsOfFile, seen: SeenTexts): Promise<CompiledMapping> {
    try {
      return (this.mapping = this.mapping.fitTo(seen));
    } catch (error) {
      await csv.close();
      throw error;
    }
  }

  private outcome({ count, path }: Rejects): string {
    const rejected = count > 0 ? ` The rows rejected before that are in ${path}.` : '';
    return this.added === 0
      ? `The import added nothing.${rejected}`
      : `The import added ${this.added} events before that, which stay. Import the whole file to add the rest.${rejected}`;
  }

  /** Starts to store a chunk of cases, and resolves to the promises that they are stored. */
  private async send(cases: readonly FileCase[], rejects: Rejects): Promise<readonly Promise<void>[]> {
    const customers = await this.customersOf(cases);
    this.request.crashPoint?.('import: after customers, before append');
    const { mapping } = this;
    const { rules, now, personal } = this.request;
    const mapped = cases.flatMap((one, index): readonly ReadyCase[] => {
      const customer = customers[index] ?? '';
      const { streams, rejected, taken, origins, held, unclear } = mapCase(mapping, one, {
        customer,
        rules,
        rulesAt: this.rulesAt,
        recordedAt: now,
      });
      this.rows += one.rows.length;
      this.inRepeatedHour += unclear;
      for (const rule of held) this.held.add(rule);
      const texts = (line: number) => one.rows.find((row) => row.line === line)?.texts ?? [];
      for (const row of rejected) rejects.add({ ...row, texts: texts(row.line) });
      return streams.size === 0 ? [] : [{ customer, rows: one.rows, streams, taken, origins }];
    });
    this.cases += mapped.filter(({ streams }) =>
      [...streams.keys()].some((stream) => stream.startsWith('case-')),
    ).length;
    const withText = mapped.filter(({ streams }) =>
      [...streams.values()].some((events) => events.some(holdsPersonalText)),
    );
    if (withText.length > 0) await personal.makeKeys(withText.map(({ customer }) => customer));
    return mapped.map((one) => this.store(one, rejects));
  }

  /** A case without a customer gets one of its own, without a reference. */
  private async customersOf(cases: readonly FileCase[]): Promise<readonly string[]> {
    const { mapping } = this;
    const { personal } = this.request;
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

  private async store({ customer, rows, streams, taken, origins }: ReadyCase, rejects: Rejects): Promise<void> {
    const { events: store, personal, now } = this.request;
    const triaged = this.mapping.mapping.triage === undefined ? NOTHING_TRIAGED : TRIAGED;
    const open: PersonalData['open'] = (value) => personal.open(value);
    const seal = (plain: readonly EventToAppend[], owner: string) =>
      personal.seal(plain, owner).catch(undefinedIfForgotten);
    const streamEvents = await Promise.all(
      [...streams].map(async ([stream, plain]): Promise<StreamEvents> => ({
        ...{ stream, plain, rows: taken, origins, triaged, customer, now, seal, open },
        sealed: await seal(plain, customer),
      })),
    );
    // Start all appends of a case in order and without waiting, so that the case follows its response in history.
    const appends = streamEvents.map((one) => appendOnce(store, one, this.end));
    const changed = new Map<number, Rejected>();
    for (const outcome of await Promise.allSettled(appends)) {
      if (outcome.status === 'fulfilled') {
        this.added += outcome.value.added;
        this.alreadyThere += outcome.value.alreadyThere;
        this.corrected += outcome.value.corrected;
        for (const one of outcome.value.rejected) changed.set(one.line, one);
      } else if (outcome.reason instanceof DoesNotFit) {
        const reason = `The import skipped the rest of its case: ${outcome.reason.message}`;
        for (const row of rows) rejects.add({ ...row, reason });
      } else throw outcome.reason;
    }
    for (const row of rows) {
      const rejected = changed.get(row.line);
      if (rejected) rejects.add({ ...row, ...rejected });
    }
  }
}

const NOTHING_TRIAGED: ReadonlySet<string> = new Set();

interface ReadyCase {
  readonly customer: string;
  readonly rows: FileCase['rows'];
  readonly streams: ReadonlyMap<string, readonly EventToAppend[]>;
  readonly taken: ReadonlySet<string>;
  readonly origins: MappedCase['origins'];
}

const holdsPersonalText = ({ type, data }: EventToAppend): boolean =>
  DECLARATIONS[type].personal?.some((field) => typeof (data as Record<string, unknown>)[field] === 'string') ?? false;

const undefinedIfForgotten = (error: unknown): undefined => {
  if (!(error instanceof CustomerIsForgotten)) throw error;
};
