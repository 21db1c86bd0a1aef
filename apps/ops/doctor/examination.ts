import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  closeSync,
  fsyncSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readConfig } from '../../../libs/platform/config/config.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { asFailure } from '../failure.js';
import type { Finding } from './finding.js';
import { examineStores } from './store-examination.js';

const OLDEST_NODE = [22, 16] as const;
const LEAST_FREE_BYTES = 512 * 1024 * 1024;
const EARLIEST_NOW = '2026-01-01';

/** Checks everything, also after a failure. */
export async function examine(folder: string, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const machine = [node(), zones(), clock(), place(folder), disk(folder), syncs(folder)];
  let places: StorePlaces;
  try {
    places = { ...readConfig(env).places, folder };
  } catch (error) {
    const found = asFailure(error).message;
    return [...machine, { what: 'environment', ok: false, found, remedy: 'Fix the settings named above.' }];
  }
  const environment = { what: 'environment', ok: true, found: 'every setting is valid' };
  return [...machine, environment, ...(await examineStores(places))];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const remedy = ok ? undefined : 'Install Node.js 22.16 or later, best 24.';
  return { what: 'Node.js', ok, found: process.versions.node, remedy };
}

function zones(): Finding {
  const found = process.versions.tz ?? 'none';
  const ok = found !== 'none';
  return { what: 'time zone data', ok, found, remedy: ok ? undefined : 'Use a Node.js built with full ICU.' };
}

function clock(): Finding {
  const now = new Date().toISOString();
  const ok = now >= EARLIEST_NOW;
  return { what: 'clock', ok, found: now, remedy: ok ? undefined : 'Set the clock: events record its time.' };
}

function place(folder: string): Finding {
  const what = 'folder';
  if (!existsSync(folder)) return { what, ok: true, found: `${folder} does not exist yet` };
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      what,
      ok: false,
      found: `this user can't write in ${folder}`,
      remedy: 'Give this user the folder (chown, chmod).',
    };
  }
  const open = process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0;
  return open
    ? {
        what,
        ok: false,
        found: `${folder} is open to other users`,
        remedy: `It holds people's words and keys: chmod 700 ${folder}`,
      }
    : { what, ok: true, found: folder };
}

/** The folder, or the nearest one above it that exists. */
const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)));

function disk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(nearest(folder));
  const free = bavail * bsize;
  const ok = free >= LEAST_FREE_BYTES;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { what: 'disk', ok, found, remedy: ok ? undefined : 'Make room: a full disk stops every command.' };
}

/** How long a durable write takes, which limits the rate of single appends. */
function syncs(folder: string): Finding {
  const place = existsSync(folder) ? folder : tmpdir();
  let temporary: string | undefined;
  try {
    temporary = mkdtempSync(join(place, '.doctor-'));
    const file = openSync(join(temporary, 'sync'), 'w');
    const began = performance.now();
    for (let i = 0; i < 20; i++) {
      writeSync(file, 'x');
      fsyncSync(file);
    }
    const each = (performance.now() - began) / 20;
    closeSync(file);
    return { what: 'durable write', ok: true, found: `${each.toFixed(2)} ms each` };
  } catch (error) {
    return {
      what: 'durable write',
      ok: false,
      found: asFailure(error).message,
      remedy: 'Fix the disk or its permissions.',
    };
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}
