import { randomUUID } from 'node:crypto';
import type { Destination } from '../../outbound/destination.js';
import { channelTo } from './channel-to.js';

const TEST_TIMEOUT_MS = 30_000;

/** @throws DeliveryFailed */
export async function sendTest(destination: Destination, now: () => string): Promise<{ readonly delivered: true }> {
  const channel = channelTo(destination, now);
  const text = 'Amends reaches this destination.';
  try {
    const letter = { id: randomUUID(), message: 'test' as const, occurredAt: now(), subject: 'A test of Amends', text };
    await channel.send({ ...letter, fields: { text } }, AbortSignal.timeout(TEST_TIMEOUT_MS));
    return { delivered: true };
  } finally {
    channel.close();
  }
}
