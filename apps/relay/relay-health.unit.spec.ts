import { expect, test } from '@jest/globals';
import type { Answering } from '../../libs/broker/kafka/kafka-answers.js';
import type { RelayState } from './relay.js';
import { serveHealth } from './relay-health.js';

const FOLLOWING: RelayState = { state: 'following', position: '7', published: 3, doubled: 0 };
const AWAY: Answering = { up: false, error: 'Kafka does not answer: Closed connection' };

test.each([
  ['follows and Kafka answers', FOLLOWING, { up: true } as const, 200],
  ['has nothing to send and Kafka is away', FOLLOWING, AWAY, 503],
  ['waits', { ...FOLLOWING, state: 'waiting' } as const, { up: true } as const, 503],
])('a relay that %s says so, and lives', async (_, state, kafka, ready) => {
  const { url, close } = await serveHealth(
    () => state,
    () => Promise.resolve(kafka),
  );
  try {
    const answer = await fetch(url);
    expect(answer.status).toBe(ready);
    expect(await answer.json()).toEqual({ ...state, kafka });
    expect((await fetch(new URL('/health/live', url))).status).toBe(200);
    expect((await fetch(new URL('/health', url))).status).toBe(404);
  } finally {
    await close();
  }
});
