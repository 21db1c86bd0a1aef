import type { EventStore } from '../../event-store/event-store.js';
import type { Publication, Publications } from '../publications.js';
import { TOPIC_NAMES, TOPICS, type TopicName } from '../../recovery/vocabulary/topics.js';
import { endOf, nameOf, type Partition, type Placed, type TopicReader } from './topic-reader.js';

/** The topics hold events that this history lacks: another store's, or later ones than a restored back-up. */
export class ForeignTopics extends Error {
  override readonly name = 'ForeignTopics';
}

export interface TailCheck {
  /** Publish what comes after this position; undefined: from the first event. */
  readonly from: string | undefined;
  /** Events that the topics lack. The relay sends them again, with all later ones. */
  readonly missing: readonly Publication['event'][];
  /** How many messages the topics hold more than once. */
  readonly doubled: number;
}

export interface TailCheckOptions {
  readonly history: EventStore;
  readonly publications: Publications;
  readonly reader: TopicReader;
  /** What the last transaction recorded. */
  readonly position: string | undefined;
  /** How many events before it are compared again: more than unclear transactions can have held. */
  readonly window: number;
}

/**
 * Compares the end of every topic with history, by ids and revisions: after an error nobody knows how much of the last
 * transactions the broker has. Publishing restarts at the first gap: filling the gap alone would break the order.
 * @throws ForeignTopics
 */
export async function checkTail(options: TailCheckOptions): Promise<TailCheck> {
  const { history, publications, position } = options;
  const since = position === undefined ? undefined : await startOfWindow(options, position);
  const tail = await readTail(options.reader, since);
  const reached = [...tail.byId.values()].reduce((last, { at }) => (at > last ? at : last), position ?? '');
  const missing: Publication['event'][] = [];
  const lastOfKey = new Map<string, { publication: Publication; before: string | undefined }>();
  let [from, before] = [undefined as string | undefined, since];
  const gapAfter = (place: string | undefined, event: Publication['event']): void => {
    if (missing.length === 0 || (place ?? '') < (from ?? '')) from = place;
    missing.push(event);
  };
  walk: for await (const { events } of history.readAll({ from: since }))
    for (const event of events) {
      if (event.position > reached) break walk;
      for (const publication of await publications.of([event])) {
        const { topic, key } = publication;
        if (TOPICS[topic].compacted) lastOfKey.set(`${topic} ${key}`, { publication, before });
        else if (!tail.holds(publication)) gapAfter(before, publication.event);
      }
      before = event.position;
    }
  for (const { publication, before: place } of lastOfKey.values())
    if (!tail.holds(publication)) gapAfter(place, publication.event);
  tail.refuseForeign((await history.end()) ?? '');
  return { from: missing.length > 0 ? from : reached === '' ? undefined : reached, missing, doubled: tail.doubled };
}

async function startOfWindow({ history, window }: TailCheckOptions, position: string): Promise<string | undefined> {
  const end = await history.end();
  if (end === undefined || position > end) throw new ForeignTopics(ahead(position, end ?? 'its beginning'));
  for await (const { events } of history.readAll({ from: position, direction: 'backwards', batchSize: window }))
    return events.length < window ? undefined : events.at(-1)?.position;
  return undefined;
}

/** The messages at the ends of the topics whose events come after a position. */
class Tail {
  readonly byId = new Map<string, { at: string; revision: string; stream: string; topic: string; matched: boolean }>();
  /** For topics that delete old messages: the oldest event that is sure to be there. */
  private readonly kept = new Map<string, string>();
  doubled = 0;

  constructor(private readonly since: string | undefined) {}

  add({ topic, headers }: Placed): void {
    const { ce_id: id = '', ce_position: at = '', ce_revision: revision = '', ce_stream: stream = '' } = headers;
    if (this.since !== undefined && at <= this.since) return;
    if (this.byId.has(`${topic} ${id}`)) this.doubled++;
    else this.byId.set(`${topic} ${id}`, { at, revision, stream, topic, matched: false });
  }

  keptFrom(topic: string, at: string): void {
    const known = this.kept.get(topic);
    if (known === undefined || at > known) this.kept.set(topic, at);
  }

  /** True also for events that are older than what the topic keeps. */
  holds({ topic, event: { id, stream, revision, position } }: Publication): boolean {
    const found = this.byId.get(`${topic} ${id}`);
    if (found === undefined) return position < (this.kept.get(topic) ?? '');
    found.matched = found.stream === stream && found.revision === String(revision);
    return found.matched;
  }

  refuseForeign(end: string): void {
    for (const [key, { at, stream, revision, topic, matched }] of this.byId) {
      if (matched || TOPICS[topic as TopicName].compacted) continue;
      if (at > end) throw new ForeignTopics(ahead(at, end === '' ? 'its beginning' : end));
      throw new ForeignTopics(`${key} (revision ${revision} of ${stream}) is not in this history. ${WHAT_TO_DO}`);
    }
  }
}

const WHAT_TO_DO =
  'Are these the topics of another store? If history was restored from a back-up, delete the topics amends.* and let the relay fill them again.';
const ahead = (position: string, end: string): string =>
  `The topics reach position ${position}, but this history ends at ${end}. ${WHAT_TO_DO}`;

async function readTail(reader: TopicReader, since: string | undefined): Promise<Tail> {
  const tail = new Tail(since);
  let open = (await reader.partitions(TOPIC_NAMES)).filter(({ low, high }) => low < high);
  for (let length = 1_000n; open.length > 0; length *= 8n) {
    const ends = open.map((partition) => endOf(partition, length));
    const read: Placed[] = [];
    await reader.read(ends, (message) => read.push(message));
    const byPartition = Map.groupBy(read, nameOf);
    const again: Partition[] = [];
    for (const [index, partition] of open.entries()) {
      const messages = byPartition.get(nameOf(partition)) ?? [];
      const oldest = messages[0]?.headers['ce_position'];
      const isWhole = ends[index]?.from === partition.low;
      if (!isWhole && (since === undefined || oldest === undefined || oldest > since)) {
        again.push(partition);
        continue;
      }
      for (const message of messages) tail.add(message);
      if (isWhole && partition.low > 0n) tail.keptFrom(partition.topic, oldest ?? LAST);
    }
    open = again;
  }
  return tail;
}

/** Sorts after every position. */
const LAST = '\uffff';
