import {
  eventTypeFilter,
  excludeSystemEvents,
  streamNameFilter,
  type AllStreamRecordedEvent,
  type Filter,
} from '@eventstore/db-client';
import { categoryOf } from '../../event-sourcing/stream-name.js';
import type { EventFilter } from '../event-store.js';
import { positionText } from './positions.js';
import { shardIn } from './stored-events.js';

type CheckpointReached = NonNullable<Filter['checkpointReached']>;

/** An event of this history, not of another prefix or of the server. */
export interface OwnEvent {
  readonly event: AllStreamRecordedEvent;
  /** Without the prefix. */
  readonly stream: string;
  readonly position: string;
}

/** Selects events of $all. */
export class Selection {
  private readonly categories: ReadonlySet<string> | undefined;
  private readonly types: ReadonlySet<string> | undefined;
  private readonly shards: ReadonlySet<number> | undefined;

  constructor(
    private readonly prefix: string,
    private readonly filter: EventFilter | undefined,
  ) {
    this.categories = filter?.categories && new Set(filter.categories);
    this.types = filter?.types && new Set(filter.types);
    this.shards = filter?.shards && new Set(filter.shards);
  }

  /** Undefined for an event of another history. */
  owned(event: AllStreamRecordedEvent): OwnEvent | undefined {
    const { streamId, type } = event;
    if (type.startsWith('$') || streamId.startsWith('$') || !streamId.startsWith(this.prefix)) return undefined;
    return { event, stream: streamId.slice(this.prefix.length), position: positionText(event.position) };
  }

  passes({ stream, event }: OwnEvent): boolean {
    if (this.types && !this.types.has(event.type)) return false;
    if (this.categories && !this.categories.has(categoryOf(stream))) return false;
    const shard = this.shards && shardIn(event);
    // One without a shard isn't ours: it passes, so that the reader reports it.
    return shard === undefined || this.shards?.has(shard) === true;
  }

  /**
   * The server applies one kind of filter at a time, and matches prefixes where we mean names: `passes` checks again.
   * It reports each event that it skips, because readers wait for positions.
   */
  onServer(checkpointReached: CheckpointReached): Filter {
    const watched = { checkpointReached, checkpointInterval: 1, maxSearchWindow: 1 };
    const { categories, types } = this.filter ?? {};
    if (this.prefix !== '' || types === undefined) {
      if (categories === undefined && this.prefix === '') return excludeSystemEvents(watched);
      const prefixes = categories?.map((category) => this.prefix + category) ?? [this.prefix];
      return streamNameFilter({ prefixes, ...watched });
    }
    return eventTypeFilter({ prefixes: [...types], ...watched });
  }
}
