import { Commands } from '../../commands/commands.js';
import { casesOf } from '../../commands/last-re-survey.js';
import { RulesInForce } from '../../commands/rules-in-force.js';
import { ApiKeys } from '../auth/api-keys.js';
import type { Config } from '../config/config.js';
import type { Stores } from './open-stores.js';

/** The one way in which commands reach the stores, and the rules that they are decided under. */
export interface WayIn {
  readonly commands: Commands;
  readonly rules: RulesInForce;
  readonly keys: ApiKeys;
}

/** What every part of an app works on. */
export interface Ground extends WayIn {
  readonly config: Config;
  readonly stores: Stores;
  now(this: void): string;
}

const systemClock = (): string => new Date().toISOString();

export const ground = async (config: Config, stores: Stores, now = systemClock): Promise<Ground> => ({
  config,
  stores,
  now,
  ...(await wayIn(stores, now)),
});

export async function wayIn(stores: Stores, now = systemClock): Promise<WayIn> {
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
    casesOf: (customers) => casesOf(stores.reads, customers),
  });
  return { commands, rules, keys };
}
