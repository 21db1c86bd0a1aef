import { idOf } from '../../../libs/event-sourcing/identity.js';
import { shardOf } from '../../../libs/event-sourcing/shard.js';
import type { EventStore } from '../../../libs/event-store/event-store.js';
import { openStores, type Stores } from '../../../libs/platform/stores/open-stores.js';
import { DECLARATIONS, type EventToAppend, type RecoveryEvent } from '../../../libs/recovery/history.js';
import { startDefaultRules } from '../default-rules.js';
import { syntheticCase } from '../synthetic-history.js';

/** After everything in the histories. */
export const NOW = '2031-05-05T09:00:00.000Z';
export const PROGRAMME = 'service-recovery';
const AT_ONCE = 500;
/** Of ten cases one is open. */
const OPEN_EVERY = 10;
/** For ten cases there is a response that was held back until it was too old. */
const EXPIRED_EVERY = 10;

export const caseOf = (n: number): { readonly id: string; readonly customer: string } => ({
  id: idOf('bench', n),
  customer: idOf('bench customer', n % 50_000),
});

/** Events of a stream, each after the one before it. */
export const eventsOf = (
  stream: string,
  events: readonly RecoveryEvent[],
  { from = 0, shardKey = stream, at = NOW }: { from?: number; shardKey?: string; at?: string } = {},
): readonly EventToAppend[] =>
  events.map(
    (event, n) =>
      ({
        id: idOf(stream, from + n),
        schemaVersion: DECLARATIONS[event.type].schemaVersion,
        stream,
        shard: shardOf(shardKey),
        programme: PROGRAMME,
        occurredAt: at,
        knownAt: at,
        recordedAt: at,
        actor: { id: 'bench', role: 'system' },
        commandId: idOf('command', stream, from + n),
        correlationId: stream,
        causationId: stream,
        ...event,
      }) as EventToAppend,
  );

/** A response that wants a case by the default rules. */
export const responseOf = (name: string, customer: string): RecoveryEvent => ({
  type: 'ResponseReceived',
  data: {
    response: idOf('bench response', name),
    source: 'bench',
    externalId: name,
    kind: 'survey',
    customer,
    touchpoint: 'delivery',
    answers: [{ metric: 'nps', score: 1 }],
    contactMe: 'yes',
    commentLength: 0,
    tags: ['late'],
  },
});

function expiredResponse(n: number): readonly EventToAppend[] {
  const { customer } = caseOf(n);
  const response = idOf('bench response', `expired ${n}`);
  const triaged = { score: 'low', contactMe: 'yes', rule: 'low/yes', outcome: 'held-back', ruleSet: 'bench' } as const;
  const events: readonly RecoveryEvent[] = [
    responseOf(`expired ${n}`, customer),
    { type: 'ResponseTriaged', data: { response, ...triaged } },
    { type: 'ResponseExpired', data: { response, heldUntil: '2031-02-01T09:00:00.000Z' } },
  ];
  return eventsOf(`response-${response}`, events, { shardKey: customer, at: '2031-01-20T09:00:00.000Z' });
}

/** A store with a history of about so many events; resolves to the number of its cases. */
export async function growHistory(folder: string, events: number): Promise<{ stores: Stores; cases: number }> {
  const stores = await openStores({ folder }, { mode: 'write' });
  await startDefaultRules(stores.events);
  const cases = Math.round(events / 10);
  await stores.personal.makeKeys([...new Set(Array.from({ length: cases }, (_, n) => caseOf(n).customer))]);
  for (let from = 0; from < cases; from += AT_ONCE) {
    const appended = Array.from({ length: Math.min(AT_ONCE, cases - from) }, (_, i) =>
      appendCase(stores.events, from + i),
    );
    await Promise.all(appended);
  }
  return { stores, cases };
}

async function appendCase(store: EventStore, n: number): Promise<void> {
  const { stream, events } = syntheticCase(n, { open: n % OPEN_EVERY === 0 });
  await store.append(stream, events, 0);
  if (n % EXPIRED_EVERY !== 0) return;
  const expired = expiredResponse(n);
  await store.append(expired[0]?.stream ?? '', expired, 0);
}
