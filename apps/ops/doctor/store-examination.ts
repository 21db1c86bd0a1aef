import { join } from 'node:path';
import { hasHistory } from '../../../libs/event-store/sqlite/history-place.js';
import { Sealer } from '../../../libs/evidence/sealer.js';
import { sayPlaces, type StorePlaces } from '../../../libs/platform/config/store-places.js';
import {
  openHistory,
  openLedger,
  openReads,
  openVault,
  type Stores,
} from '../../../libs/platform/stores/open-stores.js';
import { runningApp, type RunningApp } from '../../../libs/platform/stores/running-app.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { isCurrent } from '../../../libs/replay/builds/kept-builds.js';
import { loadRuleBooks } from '../../../libs/replay/builds/rule-books.js';
import type { ReadStore } from '../../../libs/read-store/read-store.js';
import type { RuleBooks } from '../../../libs/recovery/rules/rule-book.js';
import type { TriageRules } from '../../../libs/recovery/rules/rule-set.js';
import type { Destination } from '../../../libs/outbound/destination.js';
import { Outbox } from '../../../libs/outbound/outbox.js';
import { checkLock } from '../../../libs/sqlite/writer-lock.js';
import { withStores } from '../data-folder.js';
import { asFailure } from '../failure.js';

export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

export const fine = (what: string, found: string): Finding => ({ what, ok: true, found });
export const wrong = (what: string, found: string, remedy: string): Finding => ({ what, ok: false, found, remedy });

/** Checks that each engine answers, then the stores' contents. */
export async function examineStores(
  places: StorePlaces,
  destinations: readonly Destination[] = [],
): Promise<readonly Finding[]> {
  const { folder, eventStore } = places;
  const engines = await examineEngines(places);
  if (engines.some(({ ok }) => !ok)) return engines;
  if (eventStore === undefined && !hasHistory(folder))
    return [...engines, fine('store', `none in ${folder} yet: an import or the app makes it`)];
  return [...engines, app(folder), ...locks(folder), ...(await contents(places, destinations))];
}

function examineEngines(places: StorePlaces): Promise<readonly Finding[]> {
  const { eventStore, readStore, vault } = places;
  const engineNames = sayPlaces(places);
  const findings: Promise<Finding>[] = [];
  if (eventStore !== undefined)
    findings.push(
      answers('event store', engineNames.history, async () => {
        const history = await openHistory(places, { mode: 'read' });
        await history.end(); // the first call connects
        return history;
      }),
    );
  if (readStore !== undefined) {
    findings.push(answers('read store', engineNames.readModels, async () => openReads(places, { mode: 'read' })));
    findings.push(answers('ledger', engineNames.readModels, async () => openLedger(places, { mode: 'read' })));
  }
  if (vault !== undefined)
    findings.push(answers('vault', engineNames.vault, async () => openVault(places, { mode: 'read' })));
  return Promise.all(findings);
}

async function answers(what: string, at: string, open: () => Promise<{ close(): Promise<void> }>): Promise<Finding> {
  const began = performance.now();
  try {
    await (await open()).close();
    return fine(what, `${at} answers in ${(performance.now() - began).toFixed(0)} ms`);
  } catch (error) {
    const remedy = 'Check that it runs, that its URL is right and that this machine can reach it.';
    return wrong(what, asFailure(error).message, remedy);
  }
}

function app(folder: string): Finding {
  let running: RunningApp | undefined;
  try {
    running = runningApp(folder);
  } catch (error) {
    return wrong('app', asFailure(error).message, 'Then run amends doctor again.');
  }
  return fine('app', running ? `runs as process ${running.pid} at ${running.url}` : 'not running on this folder');
}

/** Only what is wrong with them: whoever writes makes one that is missing. */
function locks(folder: string): readonly Finding[] {
  return ['history.lock', 'read.db.lock'].flatMap((name) => {
    try {
      checkLock(join(folder, name));
      return [];
    } catch (error) {
      return [wrong(name, asFailure(error).message, 'Then run amends doctor again.')];
    }
  });
}

async function contents(places: StorePlaces, destinations: readonly Destination[]): Promise<readonly Finding[]> {
  try {
    return await withStores(places, 'read', async (stores) => {
      const { events, reads, personal } = stores;
      const end = await events.end();
      if (end === undefined) return [fine('store', 'empty: an import or the app fills it')];
      const rules = await loadRuleBooks(events);
      const live = await reads.live();
      const current = live !== undefined && isCurrent(live, READ_MODELS, rules);
      if (live !== undefined) await reads.checkpoints(live.id); // the first read opens its file
      await personal.checkKey();
      // Only an embedded history has a head.
      const opens = places.eventStore === undefined ? 'opens, and matches its head' : 'is readable';
      return [
        fine('history', `${opens}; last position ${end}`),
        fine('rules', rules.books.programmes().join(', ') || 'none in force yet'),
        ...(current ? await whoCanWork(reads, rules.books) : []),
        current
          ? fine('read models', `generation ${live.id} is live, under the rules in force`)
          : wrong(
              'read models',
              live ? 'built by other code or under other rules than those in force' : 'none are live',
              'Start the app, or import again: both build them.',
            ),
        fine('vault', 'has its key'),
        await seals(stores),
        await messages(stores, destinations),
      ];
    });
  } catch (error) {
    return [wrong('stores', asFailure(error).message, 'Then run amends verify.')];
  }
}

/** Whether the sealer can go on: the last seal fits its key, its last event and the vault's anchor. */
async function seals({ events, ledger, vault, signingKey }: Stores): Promise<Finding> {
  try {
    const now = (): string => new Date().toISOString();
    await Sealer.open({ history: events.asStored(), ledger, vault, key: await signingKey(), now });
    return fine('seals', 'the last one is signed with their key, and fits history');
  } catch (error) {
    return wrong('seals', asFailure(error).message, 'Then run amends verify.');
  }
}

const MOST_COUNTED = 1_000;

/** Whether people are told what they should be told. */
async function messages({ ledger }: Stores, destinations: readonly Destination[]): Promise<Finding> {
  const outbox = new Outbox(ledger);
  const [dead, held] = [await outbox.countKept('dead', MOST_COUNTED), await outbox.countKept('held', MOST_COUNTED)];
  const to = destinations.map(({ name }) => name).join(', ') || 'no destination: nobody is told anything';
  const found = held === 0 ? to : `${to}; ${held} would be told, but no destination takes them`;
  if (dead > 0)
    return wrong(
      'messages',
      `${to}; ${dead} could not be sent`,
      'See why (amends notify dead), then amends notify resend --all.',
    );
  return fine('messages', found);
}

/** For each team that the rules give cases to: whether somebody is in it. */
async function whoCanWork(reads: ReadStore, books: RuleBooks): Promise<readonly Finding[]> {
  const now = new Date().toISOString();
  const teams = books.programmes().flatMap((programme) => teamsOf(books.at(programme, now)?.ruleSet.triage));
  return Promise.all(
    [...new Set(teams)].map(async (team) => {
      const members = (await reads.get('teams', team))?.document['members'];
      const count = Array.isArray(members) ? members.length : 0;
      if (count > 0) return fine(`team ${team}`, `${count} ${count === 1 ? 'member' : 'members'}`);
      return wrong(
        `team ${team}`,
        'nobody is in it, so nobody sees its cases',
        `Name its members: PUT /v1/teams/${team}.`,
      );
    }),
  );
}

const teamsOf = (triage: TriageRules | undefined): readonly string[] => {
  if (!triage) return [];
  const cells = [...Object.values(triage.cells).flatMap((of) => Object.values(of)), ...(triage.overrides ?? [])];
  return [triage.team, ...cells.map(({ team }) => team)].filter((team) => team !== undefined);
};
