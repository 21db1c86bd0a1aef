import { refuse, type Refusal } from '../../libs/event-sourcing/decider.js';
import { stated } from '../../libs/event-sourcing/stated.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import type { EventStore, StreamOptions } from '../../libs/event-store/event-store.js';
import {
  reactionTo,
  type CommandReaction,
  type Effect,
  type Found,
  type OwnedCase,
  type Needs,
} from '../../libs/reactions/effect.js';
import type { RecordedEvent, RecoveryEvent } from '../../libs/recovery/history.js';
import type { OpenCases } from '../../libs/recovery/intake/open-cases.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import type { Errand } from './carry-out.js';
import { eventOf, type DeadLetter } from './dead-letter.js';

/** As a condition on an instant. */
export type OpenedWhen = { readonly $lt: string } | { readonly $gte: string };

export interface ErrandsOptions {
  readonly events: Pick<EventStore, 'readStream'>;
  rules(this: void): RuleBooks;
  /** Cases that are open now and were opened before an instant, or from then on, by owner and priority. */
  openCases(this: void, opened: OpenedWhen): Promise<OpenCases>;
  /** Who owns the customer's last case, if anything happened in it since then. */
  lastOwner(this: void, customer: string, since: string): Promise<string | undefined>;
  /** The cases of a team that are worked on and belong to somebody of these. */
  openCasesOf(this: void, team: string, owners: readonly string[]): Promise<readonly OwnedCase[]>;
}

/** The effects that one reaction has on events, computed with what it needs to know. */
export class Errands<E extends RecoveryEvent> {
  constructor(
    private readonly table: CommandReaction<E>,
    private readonly options: ErrandsOptions,
  ) {}

  get reaction(): string {
    return this.table.name;
  }

  /** The event types that it reacts to. */
  get types(): readonly string[] {
    return Object.keys(this.table.on);
  }

  /** The same each time for the same event, so that effects happen once. */
  async of(event: RecordedEvent): Promise<readonly Errand[]> {
    const { reaction } = this;
    return (await this.effectsOf(event)).map((effect, ordinal) => ({
      reaction,
      event: event.id,
      correlationId: event.correlationId,
      commandId: idOf(reaction, event.id, effect.key ?? ordinal),
      effect,
    }));
  }

  /** One failed effect, or all effects of an event on which the reaction itself failed. */
  async again(letter: DeadLetter): Promise<readonly Errand[] | Refusal> {
    const { event, effect, commandId, correlationId } = letter;
    const recorded = await eventOf(letter, this.options.events);
    if (recorded === undefined)
      return refuse(
        'event-not-in-history',
        `Its event, revision ${event.revision} of ${event.stream}, is no longer in history: history was restored to before it.`,
        'Leave it: there is nothing left to carry out.',
      );
    if (effect !== undefined) return [{ reaction: this.reaction, event: event.id, correlationId, commandId, effect }];
    return this.of(recorded);
  }

  private async effectsOf(event: RecordedEvent): Promise<readonly Effect[]> {
    const books = this.options.rules();
    const { needs, on } = reactionTo(event, this.table);
    return on?.(event, { books, ...(await this.known(needs?.(event, books) ?? { streams: [] })) }) ?? [];
  }

  /** What a reaction needs to know. */
  async known(needs: Needs): Promise<Found> {
    const found = await this.lookUp(needs);
    const more = needs.next?.(found);
    if (more === undefined) return found;
    const next = await this.known(more);
    const openCases = more.openCasesBefore === undefined ? found.openCases : next.openCases;
    return { ...found, ...next, openCases, streams: new Map([...found.streams, ...next.streams]) };
  }

  private async lookUp(needs: Needs): Promise<Found> {
    const { streams: names, lastOf = [], openCasesBefore: opened, lastOwnersOf, before, openCasesOf } = needs;
    const { options } = this;
    const streams = new Map<string, readonly RecordedEvent[]>();
    for (const name of names) streams.set(name, await this.read(name));
    for (const name of lastOf) streams.set(name, await this.read(name, { direction: 'backwards', limit: 1 }));
    return stated({
      streams,
      openCases: opened === undefined ? {} : await options.openCases({ $lt: opened }),
      openSince: opened === undefined ? undefined : await options.openCases({ $gte: opened }),
      lastOwners: lastOwnersOf && (await this.lastOwners(lastOwnersOf.customers, lastOwnersOf.since)),
      before: before && (await this.eventBefore(before)),
      openCasesOf: openCasesOf && (await options.openCasesOf(openCasesOf.team, openCasesOf.owners)),
    });
  }

  private async read(stream: string, options?: StreamOptions): Promise<readonly RecordedEvent[]> {
    return (await this.options.events.readStream(stream, options)).events as readonly RecordedEvent[];
  }

  private async eventBefore({ stream, revision }: NonNullable<Needs['before']>): Promise<RecordedEvent | undefined> {
    const [event] = await this.read(stream, { direction: 'backwards', after: revision, limit: 1 });
    return event;
  }

  private async lastOwners(customers: readonly string[], since: string): Promise<ReadonlyMap<string, string>> {
    const owners = new Map<string, string>();
    for (const customer of customers) {
      const owner = await this.options.lastOwner(customer, since);
      if (owner !== undefined) owners.set(customer, owner);
    }
    return owners;
  }
}
