import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sayPlaces, type StorePlaces } from '../../../libs/platform/config/store-places.js';
import { openHistory, openLedger, openReads, openVault } from '../../../libs/platform/stores/open-stores.js';
import { runningApp } from '../../../libs/platform/stores/running-app.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { isCurrent } from '../../../libs/replay/builds/bring-up-to-date.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import { withStores } from '../data-folder.js';
import { asFailure } from '../failure.js';
import type { Finding } from './finding.js';

/** Which engines are used and whether each answers; then, where all do, what is in them. */
export async function examineStores(places: StorePlaces): Promise<readonly Finding[]> {
  const { folder, eventStore } = places;
  const engines = await examineEngines(places);
  if (engines.some(({ ok }) => !ok)) return engines;
  if (eventStore === undefined && !existsSync(join(folder, 'history.db')))
    return [...engines, { what: 'store', ok: true, found: `none in ${folder} yet: an import or the app makes it` }];
  return [...engines, app(folder), ...(await contents(places))];
}

/** What is embedded is looked at with its folder. */
function examineEngines(places: StorePlaces): Promise<readonly Finding[]> {
  const { eventStore, readStore, vault } = places;
  const said = sayPlaces(places);
  const asked: Promise<Finding>[] = [];
  if (eventStore !== undefined)
    asked.push(
      answers('event store', said.history, async () => {
        const history = await openHistory(places, { mode: 'read' });
        // It connects when it is first asked something.
        return history.end().then(() => history);
      }),
    );
  if (readStore !== undefined) {
    asked.push(answers('read store', said.readModels, async () => openReads(places, { mode: 'read' })));
    asked.push(answers('ledger', said.readModels, async () => openLedger(places, { mode: 'read' })));
  }
  if (vault !== undefined) asked.push(answers('vault', said.vault, async () => openVault(places, { mode: 'read' })));
  return Promise.all(asked);
}

async function answers(what: string, at: string, open: () => Promise<{ close(): Promise<void> }>): Promise<Finding> {
  const began = performance.now();
  try {
    await (await open()).close();
    return { what, ok: true, found: `${at} answers in ${(performance.now() - began).toFixed(0)} ms` };
  } catch (error) {
    const remedy = 'See that it runs, that its URL is right and that it can be reached from here.';
    return { what, ok: false, found: asFailure(error).message, remedy };
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

async function contents(places: StorePlaces): Promise<readonly Finding[]> {
  try {
    return await withStores(places, 'read', async ({ events, reads, personal, signingKey }) => {
      const end = await events.end();
      if (end === undefined) return [{ what: 'store', ok: true, found: 'empty: an import or the app fills it' }];
      const rules = await loadRuleBooks(events);
      const live = await reads.live();
      const current = live !== undefined && isCurrent(live, READ_MODELS, rules);
      await signingKey();
      await personal.checkKey();
      // Only an embedded history has a head: elsewhere the seals alone tell whether it was changed.
      const opens = places.eventStore === undefined ? 'opens, and its head fits' : 'can be read';
      return [
        { what: 'history', ok: true, found: `${opens}; last position ${end}` },
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
