import type { EventStore } from '../event-store/event-store.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';

/** The rules as history has them now, kept in memory. A caller that appends to a rules stream reloads them. */
export class RulesInForce {
  private turn: Promise<unknown> = Promise.resolve();
  /** A reload that waits for its turn: those who ask meanwhile share it. */
  private next: Promise<void> | undefined;

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

  /** The programme of a store that has one alone: callers need not name it. */
  onlyProgramme(): string | undefined {
    const programmes = this.loaded.books.programmes();
    return programmes.length === 1 ? programmes[0] : undefined;
  }

  /** Resolves once all that history held at the call is loaded. */
  reload(): Promise<void> {
    // One after the other, so that an earlier read never replaces a later one.
    this.next ??= this.turn.then(async () => {
      this.next = undefined;
      this.loaded = await loadRuleBooks(this.events, { since: this.loaded });
    });
    this.turn = this.next.catch(() => undefined); // The caller has the error.
    return this.next;
  }

  /** A follower of all rules saw nothing new up to there: the next reload begins there. */
  unchangedUpTo(position: string): void {
    if (position > (this.loaded.readTo ?? '')) this.loaded = { ...this.loaded, readTo: position };
  }
}
