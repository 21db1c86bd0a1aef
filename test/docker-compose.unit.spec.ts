import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readConfig } from '../libs/platform/config/config.js';
import { isOnEngines } from '../libs/platform/config/store-places.js';
import { ROOT_FOLDER } from './e2e/amends.testing.js';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const text = readFileSync(join(ROOT_FOLDER, 'docker-compose.yml'), 'utf8');
const { services, volumes } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const ROLES = ['api', 'projector', 'reactor', 'relay'] as const;

test.each(ROLES)('the %s starts with valid settings that name engines only', (role) => {
  const { command, environment } = services[role] ?? {};
  const main = command
    ?.at(-1)
    ?.replace(/^dist\//, '')
    .replace(/\.js$/, '.ts');
  expect(main).toBe(`apps/${role}/main.ts`);
  expect(existsSync(join(ROOT_FOLDER, main ?? ''))).toBe(true);
  const { places, kafka, port } = readConfig(environment ?? {});
  expect(isOnEngines(places)).toBe(true);
  const hosts = [places.eventStore?.url, places.readStore, places.vault, `kafka://${kafka?.brokers[0] ?? ''}`];
  for (const url of hosts) expect(Object.keys(services)).toContain(new URL(url ?? '').hostname);
  expect(environment?.['AMENDS_RELAY_PORT'] ?? String(port)).toBe('3000'); // where its health is asked
});

test('every service has a health check and waits for those that it needs', () => {
  for (const [name, { healthcheck, depends_on, volumes: mounts }] of Object.entries(services)) {
    expect([name, healthcheck?.test.length ?? 0]).not.toEqual([name, 0]);
    for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
      expect(Object.keys(services)).toContain(other);
      expect(condition).toBe('service_healthy');
    }
    for (const mount of mounts ?? []) expect(Object.keys(volumes)).toContain(mount.split(':')[0]);
  }
});
