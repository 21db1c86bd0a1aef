import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { Commands } from '../../commands/commands.js';
import { RulesInForce } from '../../commands/rules-in-force.js';
import type { Ground } from './ground.js';
import type { Stores } from './open-stores.js';
import { ApiKeys } from '../auth/api-keys.js';
import { sayPlaces } from '../config/store-places.js';
import { Readiness } from '../health/readiness.js';

export const STORES = Symbol('stores');
export const CONFIG = Symbol('config');
/** A function that says what time it is: UTC, ISO 8601. */
export const NOW = Symbol('now');

@Global()
@Module({})
export class StoresModule {
  constructor(@Inject(STORES) stores: Stores, readiness: Readiness) {
    watchEngines(stores, readiness);
  }

  static on({ config, stores, rules, commands, keys, now }: Ground): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: STORES, useValue: stores },
      { provide: NOW, useValue: now },
      { provide: RulesInForce, useValue: rules },
      { provide: Commands, useValue: commands },
      { provide: ApiKeys, useValue: keys },
    ];
    return { module: StoresModule, providers, exports: providers };
  }
}

/** Checks the engines. Embedded stores are up as long as the process is. */
function watchEngines({ places, events, reads, ledger, vault }: Stores, readiness: Readiness): void {
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
