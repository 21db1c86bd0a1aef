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
import { readConfig } from '../../libs/platform/config/config.js';
import { runningApp } from '../../libs/platform/stores/running-app.js';
import { loadRuleBooks } from '../../libs/replay/rule-books.js';
import { withStores } from './data-folder.js';
import { asFailure } from './failure.js';
import { isCurrent } from '../../libs/replay/bring-up-to-date.js';
import { PROJECTIONS } from './read-models.js';

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do. */
  readonly remedy?: string;
}

const OLDEST_NODE = [22, 16] as const;
const LEAST_FREE_BYTES = 512 * 1024 * 1024;
const EARLIEST_NOW = '2026-01-01';

/** Everything is looked at, whatever is found on the way. */
export async function examine(folder: string): Promise<readonly Finding[]> {
  const findings = [node(), zones(), clock(), environment(), place(folder), disk(folder), syncs(folder)];
  if (!existsSync(join(folder, 'history.db'))) {
    return [...findings, { what: 'store', ok: true, found: `none in ${folder} yet: an import or the app makes it` }];
  }
  return [...findings, app(folder), ...(await store(folder))];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  return {
    what: 'Node.js',
    ok,
    found: process.versions.node,
    ...(ok ? {} : { remedy: 'Install Node.js 22.16 or later, best 24.' }),
  };
}

function zones(): Finding {
  const found = process.versions.tz ?? 'none';
  const ok = found !== 'none';
  return { what: 'time zone data', ok, found, ...(ok ? {} : { remedy: 'Use a Node.js built with full ICU.' }) };
}

function clock(): Finding {
  const now = new Date().toISOString();
  const ok = now >= EARLIEST_NOW;
  return { what: 'clock', ok, found: now, ...(ok ? {} : { remedy: 'Set the clock: events are recorded with it.' }) };
}

function environment(): Finding {
  try {
    readConfig(process.env);
    return { what: 'environment', ok: true, found: 'every setting can be read' };
  } catch (error) {
    return {
      what: 'environment',
      ok: false,
      found: asFailure(error).message,
      remedy: 'Mend the settings named above.',
    };
  }
}

function place(folder: string): Finding {
  const what = 'folder';
  if (!existsSync(folder)) return { what, ok: true, found: `${folder} is not there yet` };
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      what,
      ok: false,
      found: `${folder} can't be written`,
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

/** The folder, or the nearest one above it that is there. */
const nearest = (folder: string): string => (existsSync(folder) ? folder : nearest(dirname(folder)));

function disk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(nearest(folder));
  const free = bavail * bsize;
  const ok = free >= LEAST_FREE_BYTES;
  const found = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return { what: 'disk', ok, found, ...(ok ? {} : { remedy: 'Make room: a full disk stops every command.' }) };
}

/** How long a durable write takes here: the pace of everything that is written one by one. */
function syncs(folder: string): Finding {
  const place = existsSync(folder) ? folder : tmpdir();
  let aside: string | undefined;
  try {
    aside = mkdtempSync(join(place, '.doctor-'));
    const file = openSync(join(aside, 'sync'), 'w');
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
      remedy: 'Mend the disk or its permissions.',
    };
  } finally {
    if (aside !== undefined) rmSync(aside, { recursive: true, force: true });
  }
}

function app(folder: string): Finding {
  const running = runningApp(folder);
  return {
    what: 'app',
    ok: true,
    found: running ? `runs as process ${running.pid} at ${running.url}` : 'not running on this folder',
  };
}

async function store(folder: string): Promise<readonly Finding[]> {
  try {
    return await withStores(folder, 'read', async ({ events, reads, personal, signingKey }) => {
      const rules = await loadRuleBooks(events);
      const live = await reads.live();
      const current = live !== undefined && isCurrent(live, PROJECTIONS, rules);
      await signingKey();
      await personal.checkKey();
      return [
        {
          what: 'history',
          ok: true,
          found: `opens, and its head fits; last position ${(await events.end()) ?? 'none'}`,
        },
        { what: 'rules', ok: true, found: rules.books.programmes().join(', ') || 'none in force yet' },
        current
          ? { what: 'read models', ok: true, found: `generation ${live.id} is live, under the rules in force` }
          : {
              what: 'read models',
              ok: false,
              found: live ? 'built by other code or under other rules than those in force' : 'none are live',
              remedy: 'Start the app, or import again: both build them.',
            },
        { what: 'keys', ok: true, found: 'the vault and the seals have theirs' },
      ];
    });
  } catch (error) {
    return [{ what: 'stores', ok: false, found: asFailure(error).message, remedy: 'Then run amends verify.' }];
  }
}
