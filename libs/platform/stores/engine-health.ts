import { sayPlaces } from '../config/store-places.js';
import type { Readiness } from '../health/readiness.js';
import type { Stores } from './open-stores.js';

/** Checks the engines. Embedded stores are up as long as the process is. */
export function watchEngines({ places, events, reads, ledger, vault }: Stores, readiness: Readiness): void {
  const engines = sayPlaces(places);
  const watch = (name: string, engine: string, ask: () => Promise<unknown>): void =>
    readiness.register(name, async () => {
      await ask();
      return { up: true, engine };
    });
  if (places.eventStore !== undefined) watch('eventStore', engines.history, () => events.end());
  if (places.readStore !== undefined) {
    watch('readStore', engines.readModels, () => reads.generations());
    watch('ledger', engines.readModels, () => ledger.list('', { limit: 1 }));
  }
  if (places.vault !== undefined) watch('vault', engines.vault, () => vault.list('', { limit: 1 }));
}
