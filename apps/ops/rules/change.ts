import type { Command } from 'commander';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import type { Actor } from '../../../libs/event-sourcing/event.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { Sent } from '../../../libs/rule-changes/command-rules.js';
import type { RuleChanges } from '../../../libs/rule-changes/rule-changes.js';
import { runningAppOn, placesOf, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';
import { operator } from '../operator.js';
import { askApp } from '../over-http.js';

/** Who acts, and where a running app takes the same command. */
export interface Route {
  readonly as?: string | undefined;
  readonly path: string;
  readonly body: object;
  /** What is asked for afterwards, instead of the answer. */
  readonly then?: string;
}

/** Writes to a store, here or through the app that writes the folder, where the owner of the key acts. @throws Failure */
export async function write<T>(
  command: Command,
  { as, path, body, then }: Route,
  here: (stores: Stores, actor: Actor) => Promise<T>,
): Promise<T> {
  const places = await placesOf(command);
  const app = await runningAppOn(places);
  if (!app) return withStores(places, 'write', (stores) => here(stores, operator(as)));
  if (as === undefined) {
    const answer = await askApp<T>(app, 'POST', path, body);
    return then === undefined ? answer : askApp<T>(app, 'GET', then);
  }
  throw new Failure(
    'Beside a running app whoever holds the key in AMENDS_KEY acts: leave out --as, and use their key.',
  );
}

/** Changes the rules of a store. */
export const change = <T extends object>(
  command: Command,
  route: Route,
  work: (changes: RuleChanges, sent: Sent) => Promise<T | Refusal>,
): Promise<T> =>
  write(command, route, async (stores, actor) => (await import('./change-rules.js')).changeRules(stores, actor, work));
