import { expect } from '@jest/globals';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import { readConfig } from '../../libs/platform/config/config.js';
import { openHistory } from '../../libs/platform/stores/open-stores.js';
import { amendsJson } from '../e2e/amends.testing.js';
import { eventually, type RunningApp } from '../e2e/running-app.testing.js';
import { storesOf } from '../e2e/stores-on-engines.testing.js';
import type { LoggingClient } from '../faults/logging-client.testing.js';
import type { TcpProxy } from '../faults/tcp-proxy.testing.js';
import { expectWhole, isReactedTo } from '../faults/whole-history.testing.js';

const ENGINES = ['eventStore', 'readStore', 'ledger', 'vault', 'relay', 'inbound', 'kafka'];

interface Readiness {
  readonly status: string;
  readonly error?: Readonly<Record<string, object>>;
}

/** Cuts after so many bytes each time, also within a request or an answer. */
export function cutAgainAndAgain(
  proxy: TcpProxy,
  { everyBytes, times }: { everyBytes: number; times: number },
): { left(): number; end(): void } {
  let [left, at] = [times, proxy.bytes + everyBytes];
  const watch = setInterval(() => {
    if (proxy.bytes < at || left === 0) return;
    left--;
    at = proxy.bytes + everyBytes;
    proxy.cut();
  });
  return { left: () => left, end: () => clearInterval(watch) };
}

/** Waits until exactly these engines are reported as down, while the process lives. */
export async function expectDown(app: RunningApp, engines: readonly string[], seconds?: number): Promise<void> {
  const { error = {} } = await readiness(
    app,
    ({ error }) => engines.every((engine) => Object.hasOwn(error ?? {}, engine)),
    `${engines.join(', ')} to be down`,
    seconds,
  );
  expect(ENGINES.filter((engine) => Object.hasOwn(error, engine))).toEqual(engines);
  expect((await app.operator.send('GET', '/health/live')).status).toBe(200);
}

export const expectUp = (app: RunningApp, seconds?: number): Promise<Readiness> =>
  readiness(app, ({ status }) => status === 'ok', 'an app that is ready again', seconds);

async function readiness(
  app: RunningApp,
  holds: (said: Readiness) => boolean,
  what: string,
  seconds?: number,
): Promise<Readiness> {
  let said: Readiness | undefined;
  const found = eventually(
    async () => {
      said = (await app.operator.send('GET', '/health/ready')).body as unknown as Readiness;
      return holds(said) ? said : undefined;
    },
    what,
    seconds,
  );
  return found.catch((error: unknown) => {
    throw new Error(`${what} did not come; last it said ${JSON.stringify(said)}`, { cause: error });
  });
}

/** All events of a folder's history, in order. */
export async function historyOf(folder: string): Promise<readonly Recorded[]> {
  const { places } = readConfig({ ...storesOf(folder), AMENDS_DATA: folder });
  const history = await openHistory(places, { mode: 'read' });
  const events: Recorded[] = [];
  try {
    for await (const batch of history.readAll()) events.push(...batch.events);
  } finally {
    await history.close();
  }
  return events;
}

/** Waits until the app has triaged every response. Resolves to history. */
export const expectReactedTo = ({ folder }: RunningApp): Promise<readonly Recorded[]> =>
  eventually(async () => {
    const so = await historyOf(folder);
    return isReactedTo(so) ? so : undefined;
  }, 'the triage of every response');

/** Ends the app. Expects every acknowledged write once, no dead letters, and read models and seals that match history. */
export async function expectWholeAndVerified(
  app: RunningApp,
  client: LoggingClient,
  events: readonly Recorded[],
): Promise<void> {
  expect((await app.operator.send('GET', '/v1/dead-letters')).body).toEqual({ deadLetters: [] });
  expect((await app.operator.send('GET', '/v1/parked')).body).toEqual({ parked: [] });
  expect(await app.stop()).toBe(0);
  expectWhole(client, events);
  expect(await amendsJson('verify', '--data', app.folder)).toMatchObject({ equal: true, seals: 'intact' });
}
