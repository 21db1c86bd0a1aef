import { expect, test } from '@jest/globals';
import type { Recorded } from '../../event-sourcing/event.js';
import { EventsToFold } from './events-to-fold.js';

const event = (stream: string, revision: number): Recorded => ({ stream, revision }) as Recorded;

test('a stream is put in the order of a reading once, whoever asks', () => {
  const asked: number[] = [];
  const reading = {
    on: [],
    asRead(events: readonly Recorded[]) {
      asked.push(events.length);
      return events.toReversed();
    },
    changes: () => false,
  };
  const batch = new EventsToFold([event('case-1', 1), event('case-2', 1), event('case-1', 2)]);
  const revisions = () => batch.streamAsRead('case-1', reading).map(({ revision }) => revision);
  expect([revisions(), revisions()]).toEqual([
    [2, 1],
    [2, 1],
  ]);
  expect(batch.streamAsRead('case-1', undefined).map(({ revision }) => revision)).toEqual([1, 2]);
  expect(asked).toEqual([2]);
});
