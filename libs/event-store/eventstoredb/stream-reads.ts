import { END, StreamNotFoundError, type EventStoreDBClient, type ResolvedEvent } from '@eventstore/db-client';
import { HistoryDamaged, type StreamOptions } from '../event-store.js';
import { ClientStream, buffering } from './client-stream.js';

type StreamEvent = NonNullable<ResolvedEvent['event']>;

interface StoredSlice {
  readonly events: readonly StreamEvent[];
  /** As Amends counts: the number of events. */
  readonly revision: number;
}

const EMPTY: StoredSlice = { events: [], revision: 0 };

const AT_ONCE = 1_000;

/** EventStoreDB counts revisions from 0, Amends from 1. */
const revisionOf = (event: StreamEvent | undefined): number => (event === undefined ? 0 : Number(event.revision) + 1);

export class StreamReads {
  constructor(
    private readonly client: EventStoreDBClient,
    private readonly silenceMs: number,
  ) {}

  /** @throws HistoryDamaged for a stream that lost its first events */
  async slice(
    stream: string,
    { after, direction = 'forwards', limit = Infinity }: StreamOptions,
  ): Promise<StoredSlice> {
    try {
      return direction === 'forwards'
        ? await this.forwards(stream, after ?? 0, limit)
        : await this.backwards(stream, after, limit);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return EMPTY;
      throw error;
    }
  }

  private async forwards(stream: string, after: number, limit: number): Promise<StoredSlice> {
    const events = await this.read(stream, 'forwards', BigInt(after), limit);
    const [first] = events;
    if (first !== undefined && revisionOf(first) !== after + 1) {
      throw new HistoryDamaged(
        `Stream ${stream} lacks the events before ${first.id}: someone told the EventStoreDB to keep only the newest, or to delete the stream. Restore a back-up of it.`,
      );
    }
    const isRead = events.length > 0 && events.length < limit;
    return { events, revision: isRead ? revisionOf(events.at(-1)) : await this.revision(stream) };
  }

  private async backwards(stream: string, before: number | undefined, limit: number): Promise<StoredSlice> {
    if (before === undefined && limit > 0) {
      const events = await this.read(stream, 'backwards', END, limit);
      return { events, revision: revisionOf(events[0]) };
    }
    const revision = await this.revision(stream);
    const from = Math.min((before ?? Infinity) - 1, revision) - 1;
    return { events: from < 0 ? [] : await this.read(stream, 'backwards', BigInt(from), limit), revision };
  }

  private async revision(stream: string): Promise<number> {
    return revisionOf((await this.read(stream, 'backwards', END, 1))[0]);
  }

  /** @throws StreamNotFoundError */
  private async read(
    stream: string,
    direction: 'forwards' | 'backwards',
    fromRevision: bigint | typeof END,
    limit: number,
  ): Promise<StreamEvent[]> {
    if (limit <= 0) return [];
    const maxCount = Math.min(limit, Number.MAX_SAFE_INTEGER);
    const source = this.client.readStream(stream, { direction, fromRevision, maxCount }, buffering(AT_ONCE));
    const resolved = await new ClientStream<ResolvedEvent>(source).rest(this.silenceMs);
    return resolved.flatMap(({ event }) => event ?? []);
  }
}
