import type { EventStore } from '../event-store/event-store.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/rule-books.js';

/** The rules as history has them now, kept in memory. Whoever appends to a rules stream reloads them. */
export class RulesInForce {
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

  async reload(): Promise<void> {
    this.loaded = await loadRuleBooks(this.events);
  }
}
