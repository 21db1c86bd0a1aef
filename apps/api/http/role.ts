import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Leases } from '../../../libs/ledger/leases.js';
import { ConfigurationMistaken, type Config } from '../../../libs/platform/config/config.js';
import { isOnEngines } from '../../../libs/platform/config/store-places.js';
import { PlatformModule } from '../../../libs/platform/platform.module.js';
import type { Ground } from '../../../libs/platform/stores/ground.js';
import { StoresModule } from '../../../libs/platform/stores/stores.module.js';
import { LEASE_MS } from '../../../libs/platform/stores/turn.js';
import { FollowRules } from '../follow-rules.js';
import { run } from './run.js';
import { serve } from './serve.js';

type SharedGround = Ground & { readonly leases: Leases };

export interface Role {
  readonly name: string;
  /** Runs before the first answer and resolves to the line that announces the role. */
  first?(this: void, on: SharedGround): Promise<readonly string[]>;
  parts(this: void, on: SharedGround): readonly (Type | DynamicModule)[];
  readonly controllers?: readonly Type[];
}

@Module({})
class RoleModule {}

/** Runs one part of Amends as a process of its own. */
export function runRole({ name, first, parts, controllers = [] }: Role): Promise<void> {
  return run(async (config) => {
    refuseEmbedded(config, name);
    const said: string[] = [];
    const holder = randomUUID();
    const shared = (on: Ground): SharedGround => ({ ...on, leases: new Leases(on.stores.ledger, holder, LEASE_MS) });
    const { url, stop } = await serve(relayedElsewhere(config), {
      first: async (on) => void said.push(...((await first?.(shared(on))) ?? [])),
      root: (on) => ({
        module: RoleModule,
        imports: [PlatformModule.with(on.config), StoresModule.on(on), ...parts(shared(on))],
        controllers: [...controllers],
        providers: [FollowRules],
      }),
    });
    return { said: [`The ${name} answers at ${url} (health: ${url}/health/ready)`, ...said], stop };
  });
}

const relayedElsewhere = ({ kafka, ...config }: Config): Config => ({
  ...config,
  kafka: kafka && { ...kafka, relayHere: false },
});

/** @throws ConfigurationMistaken: one process writes embedded stores */
function refuseEmbedded({ places }: Config, role: string): void {
  if (isOnEngines(places)) return;
  const { eventStore, readStore, vault } = places;
  const engines = { EVENT_STORE_URL: eventStore, READ_STORE_URL: readStore, VAULT_URL: vault };
  const absent = Object.entries(engines).filter(([, url]) => url === undefined);
  throw new ConfigurationMistaken(
    absent.map(
      ([variable]) =>
        `${variable} must name an engine: one process writes embedded stores, so the ${role} can't be another. Run all in one by npm start, or name the engine`,
    ),
  );
}
