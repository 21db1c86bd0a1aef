import type { Batch, EventStore } from '../event-store/event-store.js';
import type { History } from './build.js';

/** History as it was when this position was its end. */
export function eventsUpTo(events: History, last: string): EventStore {
  const byShard = events.byShard?.bind(events);
  const isKnown = ({ position }: { readonly position: string }): boolean => position <= last;
  return {
    append: () => Promise.reject(new Error('Past history is read-only. Append to the event store itself.')),
    follow: () => {
      throw new Error('Past history has an end. Follow the event store itself.');
    },
    readStream: async (stream, options) => {
      const { events: found, revision } = await events.readStream(stream, options);
      const known = found.filter(isKnown);
      return { events: known, revision: known.length === found.length ? revision : (known.at(-1)?.revision ?? 0) };
    },
    async *readAll(options = {}): AsyncIterable<Batch> {
      for await (const batch of events.readAll(options)) {
        if (options.direction === 'backwards') {
          yield { ...batch, events: batch.events.filter(isKnown) };
          continue;
        }
        const past = batch.position > last;
        yield past ? { events: batch.events.filter(isKnown), position: last } : batch;
        if (batch.position >= last) return;
      }
    },
    byShard: byShard && ((options) => byShard({ ...options, upTo: options.upTo < last ? options.upTo : last })),
    end: async () => {
      const end = await events.end();
      return end !== undefined && end > last ? last : end;
    },
    progress: (from, at, to) => events.progress(from, at, to),
    close: () => Promise.resolve(),
  };
}
