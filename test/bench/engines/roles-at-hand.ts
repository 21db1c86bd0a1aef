import { setTimeout as after } from 'node:timers/promises';
import { startBuilt, type BuiltProcess } from '../built-process.js';

export interface RolesAtHand {
  /** The address of the api. */
  readonly url: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;

/** Starts one process of each role. The api is first, because it fills empty engines and makes the keys. */
export async function startRoles(env: NodeJS.ProcessEnv): Promise<RolesAtHand> {
  const running: BuiltProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const each of running.toReversed()) await each.end();
  };
  try {
    for (const role of ['api', 'projector', 'reactor', 'relay'])
      running.push(await startBuilt(`apps/${role}/main.js`, { env: { ...env, AMENDS_PORT: '0' } }));
    const url = running[0]?.url ?? '';
    await until(`${url}/health/ready answers`, async () => (await fetch(`${url}/health/ready`)).ok);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Retries until the condition holds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Within ${READY_WITHIN_MS / 1_000} s this did not come: ${what}`);
    await after(20);
  }
}
