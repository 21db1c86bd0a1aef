import { FIRST_OPERATOR } from '../../libs/platform/auth/api-keys.js';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ToAppend } from '../../libs/event-sourcing/event.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { isRefusal } from '../../libs/event-sourcing/decider.js';
import type { AggregateName, CommandOf } from '../../libs/recovery/aggregates.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { sayProblem } from '../../libs/recovery/rules/rule-problem.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { Ground } from '../../libs/platform/stores/ground.js';
import { demoHistory } from '../../libs/demo/demo-history.js';
import { DEMO_TEAMS } from '../../libs/demo/demo-teams.js';

const PROGRAMME = 'service-recovery';
const PACK = `${PROGRAMME}.yaml`;
const SEED = 20_311_105;
const RESPONSES = 420;
/** With the operator in it, so that somebody can see and take the first cases. */
const DEFAULT_TEAM: CommandOf<'team'> = {
  type: 'ChangeTeam',
  team: 'care',
  name: 'Customer care',
  members: [{ id: FIRST_OPERATOR, role: 'agent' }],
  fallbackOwner: FIRST_OPERATOR,
};

/** Kept in the ledger, from before the first event. */
interface Beginning {
  /** UTC, ISO 8601: the end of the demo history, the same in every try. */
  readonly at: string;
  readonly demo: boolean;
  readonly done: boolean;
}

const BEGINNING = 'first-start/beginning';

/**
 * Gives an empty folder rules, a team and, unless AMENDS_DEMO is off, demo history. After an interruption the next
 * start continues: every command and every demo event has its id.
 */
export async function firstStart(ground: Ground): Promise<void> {
  const { config, stores, now } = ground;
  const { ledger } = stores;
  if (await isStarted(stores)) return;
  const begun = (await ledger.get<Beginning>(BEGINNING))?.value;
  const beginning = begun ?? { at: now(), demo: config.demo, done: false };
  if (begun === undefined) await ledger.put({ key: BEGINNING, value: beginning, expected: 0 });
  await activatePack(ground);
  if (beginning.demo) {
    for (const team of DEMO_TEAMS) await done(ground, { aggregate: 'team', id: team.team, command: team });
    await loadDemo(ground, beginning.at);
  } else await done(ground, { aggregate: 'team', id: DEFAULT_TEAM.team, command: DEFAULT_TEAM });
  await ledger.put({ key: BEGINNING, value: { ...beginning, done: true } });
}

/** Whether the first start is complete, or not needed because history came some other way. */
export async function isStarted({ ledger, events }: Pick<Stores, 'ledger' | 'events'>): Promise<boolean> {
  const begun = (await ledger.get<Beginning>(BEGINNING))?.value;
  return begun === undefined ? (await events.end()) !== undefined : begun.done;
}

/** Drafts, approves and activates the rules at once: nobody else can approve yet, and history says so. */
async function activatePack(ground: Ground): Promise<void> {
  const { ruleSet, problems } = parseRuleSet(readFileSync(packFile(), 'utf8'));
  if (ruleSet === undefined) throw new Error(`${PACK} is broken:\n${problems.map(sayProblem).join('\n')}`);
  const { programme } = ruleSet;
  const named = { programme, ruleSet: ruleSetHash(ruleSet) };
  const commands: readonly CommandOf<'rules'>[] = [
    { type: 'DraftRuleSet', ...named, content: ruleSet, note: `From ${PACK}` },
    { type: 'ApproveRuleSet', ...named, reason: 'The rules to start with' },
    { type: 'ActivateRuleSet', ...named },
  ];
  for (const command of commands) await done(ground, { aggregate: 'rules', id: programme, command });
  await ground.rules.reload();
}

/** Appends six weeks of demo history up to an instant. The same instant gives the same events, stored once. */
async function loadDemo({ stores, rules }: Ground, until: string): Promise<void> {
  const { events: store, personal } = stores;
  const { events, customers } = demoHistory({
    programme: PROGRAMME,
    books: rules.books(),
    until,
    seed: SEED,
    responses: RESPONSES,
  });
  const references = [...customers.values()].map(({ id, named }) => ({
    reference: { source: 'demo-survey', id },
    event: named,
  }));
  await personal.customersOf(references);
  await personal.makeKeys([...customers.keys()]);
  const owners = new Map<string, string>();
  const revisions = new Map<string, number>();
  const appends: Promise<unknown>[] = [];
  for (const event of events) {
    const { stream } = event;
    const owner = owners.get(stream) ?? ('customer' in event.data ? String(event.data.customer) : stream);
    owners.set(stream, owner);
    const sealed = await personal.seal<ToAppend>([event], owner);
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    // Concurrent appends are committed together.
    appends.push(store.append(stream, sealed, revision));
  }
  await Promise.all(appends);
}

type Asked = {
  [N in AggregateName]: { readonly aggregate: N; readonly id: string; readonly command: CommandOf<N> };
}[AggregateName];

async function done({ commands }: Ground, asked: Asked): Promise<void> {
  const { aggregate, id, command } = asked;
  const outcome = await commands.execute({
    ...asked,
    programme: PROGRAMME,
    actor: { id: 'first-start', role: 'system' },
    commandId: idOf('first-start', aggregate, id, command.type),
  });
  if (isRefusal(outcome)) throw new Error(`${command.type} of ${aggregate} ${id} was refused: ${outcome.because}`);
}

/** The packs lie in the root folder, above the sources and above dist. */
function packFile(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'packs', PACK);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) throw new Error(`packs/${PACK} is missing. Install Amends again.`);
  }
}
