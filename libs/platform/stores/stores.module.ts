import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { Commands } from '../../commands/commands.js';
import { RulesInForce } from '../../commands/rules-in-force.js';
import type { Stores } from './open-stores.js';
import { ApiKeys } from '../auth/api-keys.js';
import type { Config } from '../config/config.js';
import { Readiness } from '../health/readiness.js';
import { watchEngines } from './engine-health.js';
import { lastReSurveyAt } from '../../commands/last-re-survey.js';

export const STORES = Symbol('stores');
export const CONFIG = Symbol('config');

/** What every part of an app works on: the stores of its folder, and the one way in which commands reach them. */
export interface Ground {
  readonly config: Config;
  readonly stores: Stores;
  readonly rules: RulesInForce;
  readonly commands: Commands;
  readonly keys: ApiKeys;
  now(this: void): string;
}

const systemClock = (): string => new Date().toISOString();

export async function ground(config: Config, stores: Stores, now: () => string = systemClock): Promise<Ground> {
  const { events, personal, ledger } = stores;
  const rules = await RulesInForce.load(events);
  const keys = new ApiKeys(ledger, now);
  const commands = new Commands({
    events,
    personal,
    now,
    rules: () => rules.books(),
    operators: async () =>
      new Set((await keys.list()).filter(({ role }) => role === 'operator').map(({ name }) => name)).size,
    lastReSurveyAt: (customer) => lastReSurveyAt(stores, customer),
  });
  return { config, stores, rules, commands, keys, now };
}

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
