import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Commands } from '../../libs/commands/commands.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { openStores, type Stores } from '../../libs/platform/stores/open-stores.js';
import { clocks } from '../../libs/read-models/clocks.js';
import { Inputs } from '../../libs/read-models/inputs.js';
import { queues } from '../../libs/read-models/queues.js';
import type { CommandOf } from '../../libs/recovery/aggregates.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import { switchGeneration } from '../../libs/replay/builds/generations.js';
import { catchUp, rebuild } from '../../libs/replay/builds/rebuild.js';
import { Timekeeper, type TimekeeperOptions } from './timekeeper.js';

export type CaseCommand = CommandOf<'case'>;

/** A store on disk with a clock that the test sets, real commands and real read models. */
export class SimulatedTeam {
  now: string;
  readonly commands: Commands;
  private asked = 0;
  private folded = '';
  private generation = 0;

  private constructor(
    readonly stores: Stores,
    private books: RuleBooks,
    began: string,
    private readonly folder: string,
  ) {
    this.now = began;
    const { events, personal } = stores;
    this.commands = new Commands({
      events,
      personal,
      now: () => this.now,
      rules: () => this.books,
      operators: async () => 1,
    });
  }

  static async begin(books: RuleBooks, began: string): Promise<SimulatedTeam> {
    const folder = mkdtempSync(join(tmpdir(), 'timekeeper-'));
    const team = new SimulatedTeam(await openStores({ folder }, { mode: 'write' }), books, began, folder);
    await team.underRules(books);
    return team;
  }

  /** Builds the read models under these rules, and serves them. */
  async underRules(books: RuleBooks): Promise<void> {
    this.books = books;
    const { reads, events } = this.stores;
    const projections = [clocks, queues];
    const entries = books.book('care').map(({ from, rules, ...more }) => ({ ruleSet: rules.hash, from, ...more }));
    const made = await rebuild({
      ...{ events, reads, projections, inputs: new Inputs(books), madeAt: this.now },
      ...{ ruleBooks: { care: entries }, reason: `test ${this.now}` },
    });
    await switchGeneration(reads, made.id);
    this.generation = made.id;
  }

  timekeeper(more: Partial<TimekeeperOptions> = {}): Timekeeper {
    const { events, reads, ledger } = this.stores;
    return new Timekeeper({
      ...{ events, reads, ledger, commands: this.commands, timeZoneData: '2031a', now: () => this.now },
      rules: { reload: async () => undefined, books: () => this.books },
      onRecorded: () => undefined,
      onSetAside: (_, because) => {
        throw new Error(because);
      },
      ...more,
    });
  }

  /** Does something for a case, now. @returns whether it was recorded */
  async does(id: string, command: CaseCommand, more: { readonly occurredAt?: string } = {}): Promise<boolean> {
    const actor = { id: 'ana', role: 'supervisor' };
    const outcome = await this.commands.execute({
      ...{ aggregate: 'case', id, command, actor, commandId: idOf('asked', ++this.asked), ...more },
      ...(command.type === 'OpenCase' && { programme: 'care', customer: command.customer }),
    });
    return !isRefusal(outcome);
  }

  opens(id: string, priority = 'normal', more: object = {}): Promise<boolean> {
    const opening = { case: id, customer: `customer of ${id}`, kind: 'recover', priority, tags: [], owner: 'ana' };
    return this.does(id, { type: 'OpenCase', ...opening, ...more } as CaseCommand);
  }

  /** Brings the read models to the end of history. */
  async fold(): Promise<void> {
    const { events, reads } = this.stores;
    const end = (await events.end()) ?? '';
    if (end === this.folded) return;
    await catchUp(this.generation, { events, reads, projections: [clocks, queues], inputs: new Inputs(this.books) });
    this.folded = end;
  }

  /** All of history, in order. */
  async history(): Promise<readonly RecordedEvent[]> {
    const all: RecordedEvent[] = [];
    for await (const { events } of this.stores.events.readAll()) all.push(...(events as readonly RecordedEvent[]));
    return all;
  }

  async end(): Promise<void> {
    await this.stores.close();
    rmSync(this.folder, { recursive: true });
  }
}
