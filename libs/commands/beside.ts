import type { Decider } from '../event-sourcing/decider.js';
import type { DomainEvent, Recorded } from '../event-sourcing/event.js';
import type { EventStore, Held } from '../event-store/event-store.js';
import type { FoldedStreams } from '../event-store/folded-streams.js';
import type { RecordedEvent } from '../recovery/history.js';

type Evolving<State, E extends DomainEvent> = Pick<Decider<State, never, E>, 'initialState' | 'evolve'>;

/** Other streams, as a decision sees them beside its own. */
export interface Beside {
  read<State, E extends DomainEvent>(stream: string, decider: Evolving<State, E>): Promise<State>;
  events(stream: string): Promise<readonly RecordedEvent[]>;
}

/** As they are now. It keeps at which revision it saw each, so that an append can depend on them. */
export class BesideNow implements Beside {
  private readonly seen = new Map<string, number>();
  private readonly told = new Map<string, Promise<readonly RecordedEvent[]>>();

  constructor(
    private readonly store: EventStore,
    private readonly streams: FoldedStreams,
    /** The decision's own stream, which its append checks anyway. */
    private readonly own?: string,
  ) {}

  get held(): readonly Held[] {
    return [...this.seen].map(([stream, revision]) => ({ stream, revision }));
  }

  async read<State, E extends DomainEvent>(stream: string, decider: Evolving<State, E>): Promise<State> {
    const { state, revision } = await this.streams.read(this.store, stream, decider);
    this.saw(stream, revision);
    return state;
  }

  events(stream: string): Promise<readonly RecordedEvent[]> {
    let told = this.told.get(stream);
    if (!told) this.told.set(stream, (told = this.readAll(stream)));
    return told;
  }

  private async readAll(stream: string): Promise<readonly RecordedEvent[]> {
    const { events, revision } = await this.store.readStream(stream);
    this.saw(stream, revision);
    return events as readonly RecordedEvent[];
  }

  /** At first: what came between two looks is no more than the append is to depend on. */
  private saw(stream: string, revision: number): void {
    if (stream !== this.own && !this.seen.has(stream)) this.seen.set(stream, revision);
  }
}

/** As they were when an event got its position. */
export const besideBefore = (store: EventStore, position: string): Beside => {
  const events = async (stream: string): Promise<readonly RecordedEvent[]> =>
    ((await store.readStream(stream)).events as readonly RecordedEvent[]).filter((event) => event.position < position);
  return {
    events,
    read: async <State, E extends DomainEvent>(stream: string, { initialState, evolve }: Evolving<State, E>) =>
      ((await events(stream)) as readonly Recorded[] as readonly Recorded<E>[]).reduce(evolve, initialState),
  };
};
