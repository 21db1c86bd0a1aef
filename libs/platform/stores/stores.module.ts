import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { Commands } from '../../commands/commands.js';
import { RulesInForce } from '../../commands/rules-in-force.js';
import type { Ground } from './ground.js';
import type { Stores } from './open-stores.js';
import { ApiKeys } from '../auth/api-keys.js';
import { Readiness } from '../health/readiness.js';
import { watchEngines } from './engine-health.js';

export const STORES = Symbol('stores');
export const CONFIG = Symbol('config');

@Global()
@Module({})
export class StoresModule {
  constructor(@Inject(STORES) stores: Stores, readiness: Readiness) {
    watchEngines(stores, readiness);
  }

  static on({ config, stores, rules, commands, keys }: Ground): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: STORES, useValue: stores },
      { provide: RulesInForce, useValue: rules },
      { provide: Commands, useValue: commands },
      { provide: ApiKeys, useValue: keys },
    ];
    return { module: StoresModule, providers, exports: providers };
  }
}
