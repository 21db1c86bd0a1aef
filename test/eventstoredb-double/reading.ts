import { once } from 'node:events';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import type { EventLog, LoggedEvent } from './event-log.js';
import { checkpointBytes, confirmationBytes, eventBytes, nameOf, notFoundBytes, refusal } from './wire.js';

type Call = ServerWritableStream<ReadReq, Uint8Array>;

/** Caches the bytes of events. */
const BYTES = new WeakMap<LoggedEvent, Uint8Array>();
const bytesOf = (event: LoggedEvent): Uint8Array => {
  const made = BYTES.get(event) ?? eventBytes(event);
  BYTES.set(event, made);
  return made;
};

/** The default window of events. */
const DEFAULT_WINDOW = 32;

/** Answers reads and subscriptions, of a stream or of all. */
export const reading =
  (log: EventLog): handleServerStreamingCall<ReadReq, Uint8Array> =>
  (call) => {
    const options = call.request.getOptions();
    if (options === undefined) return fail(call, new Error('A read without options.'));
    const answered = options.hasSubscription() ? subscribe(log, call, options) : readOnce(log, call, options);
    answered.then(
      () => call.end(),
      (error: unknown) => fail(call, error),
    );
  };

const fail = (call: Call, error: unknown): void => {
  if (!call.cancelled) call.emit('error', refusal(error));
};

/** False if the client is gone. */
const send = async (call: Call, bytes: Uint8Array): Promise<boolean> => {
  if (call.cancelled || call.destroyed) return false;
  if (!call.write(bytes)) {
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    call.once('cancelled', leave);
    try {
      await once(call, 'drain', { signal: gone.signal });
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    } finally {
      call.off('cancelled', leave);
    }
  }
  return !call.cancelled;
};

async function readOnce(log: EventLog, call: Call, options: ReadReq.Options): Promise<void> {
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  let left = Number(options.getCount());
  const byStream = options.getStream();
  if (byStream !== undefined) {
    const name = nameOf(byStream.getStreamIdentifier());
    const visible = log.visible(name);
    if (visible === undefined) {
      await send(call, notFoundBytes(name));
      return;
    }
    const from = byStream.hasStart() ? 0 : byStream.hasEnd() ? Infinity : Number(byStream.getRevision());
    const there = visible.filter(({ revision }) => (backwards ? revision <= from : revision >= from));
    for (const event of (backwards ? there.toReversed() : there).slice(0, left)) {
      if (!(await send(call, bytesOf(event)))) return;
    }
    return;
  }
  const all = options.getAll();
  const from = all?.hasStart() ? 0 : all?.hasEnd() ? Infinity : Number(all?.getPosition()?.getCommitPosition());
  // Forwards it starts at the position, backwards before it.
  let index = backwards ? log.indexAt(from) - 1 : log.indexAt(from);
  const end = log.all.length;
  for (; index >= 0 && index < end && left > 0; index += backwards ? -1 : 1, left--) {
    const event = log.all[index];
    if (event === undefined || !(await send(call, bytesOf(event)))) return;
  }
}

async function subscribe(log: EventLog, call: Call, options: ReadReq.Options): Promise<void> {
  const stream = options.getStream();
  const name = nameOf(stream?.getStreamIdentifier());
  if (stream !== undefined) log.visible(name); // refused where it is deleted
  let next = stream === undefined ? firstOfAll(log, options) : 0;
  const after = stream?.hasRevision() ? Number(stream.getRevision()) : -1;
  if (stream?.hasEnd()) next = log.all.length;
  const passes = stream === undefined ? filterOf(options) : (event: LoggedEvent) => ofStream(log, event, name, after);
  const filter = options.getFilter();
  const window =
    (filter?.hasMax() ? filter.getMax() : DEFAULT_WINDOW) * (filter?.getCheckpointintervalmultiplier() ?? 1);
  if (!(await send(call, confirmationBytes(crypto.randomUUID())))) return;
  let passedOver = 0;
  while (!call.cancelled) {
    const event = log.all[next];
    if (event === undefined) {
      await appended(log, call, next);
      continue;
    }
    next++;
    const sent = passes(event);
    if (sent && !(await send(call, bytesOf(event)))) return;
    passedOver++;
    if (filter === undefined || passedOver < window) continue;
    passedOver = 0;
    // A real server may leave out the prepare position while a subscription catches up.
    const prepare = next === log.all.length ? event.position : 0;
    if (!sent && !(await send(call, checkpointBytes(event.position, prepare)))) return;
  }
}

const ofStream = (log: EventLog, event: LoggedEvent, name: string, after: number): boolean => {
  if (event.stream !== name || event.revision <= after) return false;
  return event.revision >= (log.visible(name)?.[0]?.revision ?? 0);
};

/** A subscription starts after its position. */
const firstOfAll = (log: EventLog, options: ReadReq.Options): number => {
  const all = options.getAll();
  if (all?.hasStart()) return 0;
  const position = all?.getPosition();
  if (position === undefined) return log.all.length;
  const commit = Number(position.getCommitPosition());
  const index = log.indexAt(commit);
  // A prepare position below the event's own is before the event.
  const isPast = log.all[index]?.position === commit && Number(position.getPreparePosition()) >= commit;
  return isPast ? index + 1 : index;
};

const filterOf = (options: ReadReq.Options): ((event: LoggedEvent) => boolean) => {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const onStream = filter.hasStreamIdentifier();
  const expression = onStream ? filter.getStreamIdentifier() : filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = prefixes.length === 0 ? new RegExp(expression?.getRegex() ?? '') : undefined;
  return (event) => {
    const text = onStream ? event.stream : event.type;
    return regex === undefined ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text);
  };
};

/** Resolves when the log grows or the client is gone. */
const appended = (log: EventLog, call: Call, length: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stop();
      call.off('cancelled', done);
      resolve();
    };
    const stop = log.onAppend(done);
    call.once('cancelled', done);
    if (call.cancelled || log.all.length > length) done();
  });
