import type { EventStore } from '../event-store/event-store.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';

/** The rules as history has them now, kept in memory. Whoever appends to a rules stream reloads them. */
export class RulesInForce {
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly events: EventStore,
    private loaded: RulesInHistory,
  ) {}

  static async load(events: EventStore): Promise<RulesInForce> {
    return new RulesInForce(events, await loadRuleBooks(events));
  }

  get history(): RulesInHistory {
    return this.loaded;
  }

  books(): RuleBooks {
    return this.loaded.books;
  }

  /** The only programme of a store that has one: it need not be named. */
  onlyProgramme(): string | undefined {
    const programmes = this.loaded.books.programmes();
    return programmes.length === 1 ? programmes[0] : undefined;
  }

  /** With all that was in history when it was asked. */
  reload(): Promise<void> {
    // One after the other: what is read later is never gone over by what was read before.
    const turn = this.turn.then(async () => {
      this.loaded = await loadRuleBooks(this.events, { since: this.loaded });
    });
    this.turn = turn.catch(() => undefined); // Whoever asked has the error.
    return turn;
  }

  /** Whoever follows all rules has seen that there is nothing new of them up to there: it need not be read again. */
  unchangedUpTo(position: string): void {
    if (position > (this.loaded.readTo ?? '')) this.loaded = { ...this.loaded, readTo: position };
  }
}
