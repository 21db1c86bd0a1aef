/** The state that a writer expects of a stream: its last revision, counted from 0, or one of the others. */
export type Expected = number | 'no stream' | 'stream exists' | 'any';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LoggedEvent extends Proposed {
  readonly stream: string;
  /** Counted from 0, as EventStoreDB does. */
  readonly revision: number;
  /** Its offset in the log, in bytes: both the commit and the prepare position. */
  readonly position: number;
  readonly createdMs: number;
}

export interface Appended {
  /** Of the last event; undefined if nothing was appended to a stream that doesn't exist. */
  readonly revision: number | undefined;
  readonly position: number;
}

export class WrongRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    readonly current: number | undefined,
  ) {
    super(`${stream} is at ${current ?? 'no stream'}, not at ${expected}.`);
  }
}

export class StreamDeleted extends Error {
  constructor(readonly stream: string) {
    super(`Event stream '${stream}' is deleted.`);
  }
}

export class AppendTooLarge extends Error {}

export const MOST_APPEND_BYTES = 1024 * 1024;

/** The first readable revision in the metadata of a softly deleted stream. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/**
 * The log of the double: the data of an EventStoreDB and its rules for appends, as measured on a real server. It is in
 * memory and outlives its server, so that a test can restart the server.
 */
export class EventLog {
  readonly all: LoggedEvent[] = [];
  private readonly streams = new Map<string, LoggedEvent[]>();
  private readonly tombstones = new Set<string>();
  private readonly waiting = new Set<() => void>();
  private end = 0;

  constructor() {
    // A new server starts with some events of its own too.
    this.write('$$$users', [systemEvent('$metadata', { $maxCount: 1 })]);
    this.write('$users', [systemEvent('$User', { loginName: 'admin' })]);
  }

  /** @throws WrongRevision | StreamDeleted | AppendTooLarge */
  append(stream: string, events: readonly Proposed[], expected: Expected): Appended {
    const bytes = events.reduce(
      (sum, { data, metadata, type }) => sum + data.length + metadata.length + type.length,
      0,
    );
    if (bytes > MOST_APPEND_BYTES) throw new AppendTooLarge();
    const before = this.appendedBefore(stream, events, expected);
    if (before !== undefined) return before;
    if (this.isSoftlyDeleted(stream)) this.setFirstRevision(stream, (this.last(stream)?.revision ?? -1) + 1);
    return this.write(stream, events);
  }

  /** Deletes softly: the stream seems never to have existed, but keeps counting revisions. @throws StreamDeleted */
  softDelete(stream: string): number {
    this.refuseIfDeleted(stream);
    this.setFirstRevision(stream, AFTER_ALL);
    return this.end;
  }

  /** Deletes for ever. @throws StreamDeleted */
  tombstone(stream: string): number {
    this.refuseIfDeleted(stream);
    const { position } = this.write(stream, [systemEvent('$streamDeleted', {})]);
    this.tombstones.add(stream);
    return position;
  }

  /** The readable events of a stream, oldest first; undefined if it doesn't exist. @throws StreamDeleted */
  visible(stream: string): readonly LoggedEvent[] | undefined {
    this.refuseIfDeleted(stream);
    const events = this.streams.get(stream);
    if (events === undefined || this.isSoftlyDeleted(stream)) return undefined;
    const { $maxCount = Infinity, $tb = 0 } = this.metadata(stream);
    return events.slice(Math.max($tb, events.length - $maxCount, 0));
  }

  /** The index in `all` of the first event at or after a position. */
  indexAt(commit: number): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.all[middle]?.position ?? 0) < commit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Calls back after each append, until the returned function is called. */
  onAppend(callBack: () => void): () => void {
    this.waiting.add(callBack);
    return () => this.waiting.delete(callBack);
  }

  private appendedBefore(stream: string, events: readonly Proposed[], expected: Expected): Appended | undefined {
    this.refuseIfDeleted(stream);
    const current = this.last(stream)?.revision;
    const wrong = new WrongRevision(stream, expected, current);
    if (expected === 'stream exists') {
      if (this.isSoftlyDeleted(stream)) throw new StreamDeleted(stream);
      if (current === undefined) throw wrong;
    }
    if (expected === 'any' || expected === 'stream exists') return this.knownByIds(stream, events, wrong);
    const at = expected === 'no stream' ? -1 : expected;
    if (at === (current ?? -1)) return undefined;
    if (at > (current ?? -1)) throw wrong;
    const there = (this.streams.get(stream) ?? []).slice(at + 1, at + 1 + events.length);
    const same = there.filter(({ id }, index) => id === events[index]?.id).length;
    if (same === 0 && expected === 'no stream' && this.isSoftlyDeleted(stream)) return undefined;
    const last = there.at(-1);
    if (same < events.length || last === undefined) throw wrong;
    return { revision: last.revision, position: last.position };
  }

  /** Without an expected revision, only the ids of events detect duplicates. */
  private knownByIds(stream: string, events: readonly Proposed[], wrong: WrongRevision): Appended | undefined {
    const there = this.streams.get(stream) ?? [];
    const found = events.map(({ id }) => there.findLast((event) => event.id === id));
    const last = found.at(-1);
    if (found[0] === undefined) return undefined;
    if (last === undefined || found.includes(undefined)) throw wrong;
    return { revision: last.revision, position: last.position };
  }

  private write(stream: string, events: readonly Proposed[]): Appended {
    const there = this.streams.get(stream) ?? [];
    if (events.length > 0) this.streams.set(stream, there);
    for (const event of events) {
      this.end += 120 + event.data.length + event.metadata.length + stream.length + event.type.length;
      const logged = { ...event, stream, revision: there.length, position: this.end, createdMs: Date.now() };
      there.push(logged);
      this.all.push(logged);
    }
    for (const callBack of [...this.waiting]) callBack();
    return { revision: there.at(-1)?.revision, position: this.end };
  }

  private last(stream: string): LoggedEvent | undefined {
    return this.streams.get(stream)?.at(-1);
  }

  private isSoftlyDeleted(stream: string): boolean {
    return this.metadata(stream).$tb === AFTER_ALL;
  }

  private metadata(stream: string): { readonly $maxCount?: number; readonly $tb?: number } {
    const set = stream.startsWith('$$') ? undefined : this.last(`$$${stream}`);
    if (set === undefined) return {};
    return JSON.parse(Buffer.from(set.data).toString('utf8')) as { $maxCount?: number; $tb?: number };
  }

  private setFirstRevision(stream: string, $tb: number): void {
    this.write(`$$${stream}`, [systemEvent('$metadata', { ...this.metadata(stream), $tb })]);
  }

  private refuseIfDeleted(stream: string): void {
    if (this.tombstones.has(stream)) throw new StreamDeleted(stream);
  }
}

const systemEvent = (type: string, data: object): Proposed => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(data)),
  metadata: new Uint8Array(0),
});
