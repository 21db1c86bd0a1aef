import { sayPlaces } from '../config/store-places.js';
import type { Readiness } from '../health/readiness.js';
import type { Stores } from './open-stores.js';

/** Names the engine that is down. What is embedded is up as long as the process is. */
export function watchEngines({ places, events, reads, ledger, vault }: Stores, readiness: Readiness): void {
  const said = sayPlaces(places);
  const watch = (name: string, engine: string, ask: () => Promise<unknown>): void =>
    readiness.register(name, async () => {
      await ask();
      return { up: true, engine };
    });
  if (places.eventStore !== undefined) watch('eventStore', said.history, () => events.end());
  if (places.readStore !== undefined) {
    watch('readStore', said.readModels, () => reads.generations());
    watch('ledger', said.readModels, () => ledger.list('', { limit: 1 }));
  }
  if (places.vault !== undefined) watch('vault', said.vault, () => vault.list('', { limit: 1 }));
}
