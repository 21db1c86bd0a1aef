import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Destination } from '../../../libs/outbound/destination.js';
import { readConfig } from '../../../libs/platform/config/config.js';
import type { StorePlaces } from '../../../libs/platform/config/store-places.js';
import { isOpenToOthers, isOwnAndEmpty } from '../../../libs/platform/stores/own-folder.js';
import { asFailure } from '../failure.js';
import { examineStores, fine, wrong, type Finding } from './store-examination.js';

const OLDEST_NODE = [22, 16] as const;
const LEAST_FREE_BYTES = 512 * 1024 * 1024;
const EARLIEST_NOW = '2026-01-01';

/** Checks everything, also after a failure. */
export async function examine(folder: string, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const machine = [node(), zones(), clock(), place(folder), disk(folder), syncs(folder)];
  let places: StorePlaces;
  let destinations: readonly Destination[];
  try {
    const config = readConfig(env);
    places = { ...config.places, folder };
    destinations = config.destinations;
  } catch (error) {
    return [...machine, wrong('environment', asFailure(error).message, 'Fix the settings named above.')];
  }
  return [...machine, fine('environment', 'every setting is valid'), ...(await examineStores(places, destinations))];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const found = process.versions.node;
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return fine('Node.js', found);
  return wrong('Node.js', found, 'Install Node.js 22.16 or later, best 24.');
}

function zones(): Finding {
  const found = process.versions.tz;
  if (found !== undefined) return fine('time zone data', found);
  return wrong('time zone data', 'none', 'Use a Node.js built with full ICU.');
}

function clock(): Finding {
  const now = new Date().toISOString();
  return now >= EARLIEST_NOW ? fine('clock', now) : wrong('clock', now, 'Set the clock: events record its time.');
}

function place(folder: string): Finding {
  if (!existsSync(folder)) return fine('folder', `${folder} does not exist yet`);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return wrong('folder', `this user can't write in ${folder}`, 'Give this user the folder (chown, chmod).');
  }
  if (!isOpenToOthers(folder)) return fine('folder', folder);
  if (isOwnAndEmpty(folder)) return fine('folder', `${folder} is empty; the first start closes it to other users`);
  const remedy = `It holds people's words and keys: chmod 700 ${folder}`;
  return wrong('folder', `${folder} is open to other users`, remedy);
}

/** The folder, or the nearest one above it that exists. */
const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)));

function disk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(nearest(folder));
  const free = bavail * bsize;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  if (free >= LEAST_FREE_BYTES) return fine('disk', found);
  return wrong('disk', found, 'Make room: a full disk stops every command.');
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
    return fine('durable write', `${each.toFixed(2)} ms each`);
  } catch (error) {
    return wrong('durable write', asFailure(error).message, 'Fix the disk or its permissions.');
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}
