import type { ToAppend } from '../../libs/event-sourcing/event.js';
import { demoHistory } from '../../libs/demo/demo-history.js';
import type { Ground } from '../../libs/platform/stores/ground.js';

const PROGRAMME = 'service-recovery';
const SEED = 20_311_105;
const RESPONSES = 420;

/** Appends six weeks of demo history up to an instant. The same instant gives the same events, stored once. */
export async function loadDemo({ stores, rules }: Ground, until: string): Promise<void> {
  const { events: store, personal } = stores;
  const { events, customers } = demoHistory({
    programme: PROGRAMME,
    books: rules.books(),
    until,
    seed: SEED,
    responses: RESPONSES,
  });
  const references = [...customers.values()].map(({ id, named }) => ({
    reference: { source: 'demo-survey', id },
    event: named,
  }));
  await personal.customersOf(references);
  await personal.makeKeys([...customers.keys()]);
  const owners = new Map<string, string>();
  const revisions = new Map<string, number>();
  const appends: Promise<unknown>[] = [];
  for (const event of events) {
    const { stream } = event;
    const owner = owners.get(stream) ?? ('customer' in event.data ? String(event.data.customer) : stream);
    owners.set(stream, owner);
    const sealed = await personal.seal<ToAppend>([event], owner);
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    // Concurrent appends are committed together.
    appends.push(store.append(stream, sealed, revision));
  }
  await Promise.all(appends);
}
