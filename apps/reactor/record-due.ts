import { LRUCache } from 'lru-cache';
import type { Commands } from '../../libs/commands/commands.js';
import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import type { Ledger } from '../../libs/ledger/ledger.js';
import { effectOfDue, escalationsOf, isSettledBy, type Due } from '../../libs/reactions/timekeeper.js';
import { ownRequest } from './carry-out.js';
import { Later } from './later.js';
import { mayPass } from './may-pass.js';
import { SetAside, type AsideNow } from './set-aside.js';

export interface RecorderOptions {
  readonly ledger: Ledger;
  readonly commands: Pick<Commands, 'execute' | 'executeInTurn'>;
  readonly rules: Pick<RulesInForce, 'books'>;
  /** Version of the time-zone data of this process. */
  readonly timeZoneData: string;
  now(this: void): string;
  onRecorded(this: void, due: Due): void;
  onSetAside(this: void, due: Due, because: string): void;
}

/** The actor of what it records. */
export const TIMEKEEPER = 'timekeeper';
const MOST_KNOWN = 50_000;

type Outcome = 'recorded' | 'known' | 'settled' | { readonly because: string };

/** Records what has fallen due by commands, and sets aside what can't be recorded. */
export class Recorder {
  readonly later: Later;
  private readonly aside: SetAside;
  /** What is recorded: events of its case bring it up again and again. */
  private readonly known = new LRUCache<string, true>({ max: MOST_KNOWN });

  constructor(private readonly options: RecorderOptions) {
    this.later = new Later(options.ledger);
    this.aside = new SetAside(options.ledger);
  }

  setAside(): Promise<AsideNow> {
    return this.aside.now();
  }

  async inOrder(due: readonly Due[]): Promise<void> {
    for (let from = 0, to = 0; from < due.length; from = to) {
      while (due[to]?.at === due[from]?.at) to++;
      await this.together(due.slice(from, to));
    }
  }

  /** Tries again what was set aside and has waited long enough. */
  async retry(now: string): Promise<void> {
    const waited = await this.aside.ready(now);
    const lines = linesOf(waited, ({ due }) => due);
    await allOrThrow(
      lines.map(async (line) => {
        for (const { due, failures } of line) {
          const [outcome] = await this.outcomesOf([due]);
          if (typeof outcome === 'object') await this.aside.put(due, failures + 1, outcome.because, now);
          else await this.aside.remove(due);
        }
      }),
    );
  }

  /** Records what falls due at one instant: each case's with one append, those of several cases at once. */
  async together(together: readonly Due[]): Promise<void> {
    const now = this.options.now();
    const news = together.filter(({ id }) => !this.known.has(id));
    const lines = linesOf(news, (due) => due);
    await allOrThrow(
      lines.map(async (line) => {
        const outcomes = await this.outcomesOf(line);
        for (const [index, due] of line.entries()) {
          const outcome = outcomes[index];
          if (typeof outcome !== 'object') continue;
          await this.aside.put(due, 1, outcome.because, now);
          this.options.onSetAside(due, outcome.because);
        }
      }),
    );
  }

  /** An outcome for each, in order. @throws what may pass, such as a store that is down */
  private async outcomesOf(line: readonly Due[]): Promise<readonly Outcome[]> {
    const { rules } = this.options;
    try {
      const outcomes = await this.carriedOut(line);
      const broken = line.filter((_, index) => outcomes[index] !== undefined && !isRefusal(outcomes[index]));
      // Before anything goes on from here: after a crash in between, the breach comes again and is known.
      await this.later.put(broken.flatMap((due) => escalationsOf(due, rules.books())));
      return line.map((due, index) => this.noted(due, outcomes[index]));
    } catch (error) {
      if (mayPass(error)) throw error;
      if (line.length === 1) return [{ because: errorText(error) }];
      const alone: Outcome[] = [];
      for (const due of line) alone.push(...(await this.outcomesOf([due])));
      return alone;
    }
  }

  /** What goes to one stream goes there with one append, but for what has happened at a time of its own. */
  private async carriedOut(line: readonly Due[]): ReturnType<Commands['executeInTurn']> {
    const { commands, timeZoneData, now } = this.options;
    const requestOf = (due: Due) =>
      ownRequest(TIMEKEEPER, effectOfDue(due, timeZoneData), idOf(TIMEKEEPER, due.id, now()));
    const [first] = line;
    if (first?.kind !== 'pause-end') return commands.executeInTurn(line.map(requestOf));
    return [await commands.execute({ ...requestOf(first), occurredAt: first.dueAt })];
  }

  private noted(due: Due, outcome: Refusal | { readonly events: readonly unknown[] } | undefined): Outcome {
    if (outcome === undefined) return { because: 'The command had no outcome.' };
    if (isRefusal(outcome)) return isSettledBy(outcome) ? 'settled' : { because: outcome.because };
    this.known.set(due.id, true);
    if (outcome.events.length === 0) return 'known';
    this.options.onRecorded(due);
    return 'recorded';
  }
}

/** What goes to the clocks of one case stays together; the end of a pause goes to the case itself. */
const linesOf = <Of>(all: readonly Of[], dueOf: (one: Of) => Due): readonly (readonly Of[])[] => [
  ...Map.groupBy(all, (one) => {
    const { kind, case: id, programme } = dueOf(one);
    if (kind === 'review') return `rules ${programme}`;
    return kind === 'pause-end' ? `case ${id}` : `clock ${id}`;
  }).values(),
];

/** Waits for all, then throws the first error. */
async function allOrThrow(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
