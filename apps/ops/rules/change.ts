import type { Command } from 'commander';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import type { RunningApp } from '../../../libs/platform/stores/running-app.js';
import type { Sent } from '../../../libs/rule-changes/command-rules.js';
import type { RuleChanges } from '../../../libs/rule-changes/rule-changes.js';
import { runningAppOn, placesOf, withStores } from '../data-folder.js';
import { Failure } from '../failure.js';

/** Where a running app takes the same command. */
export interface Route {
  readonly path: string;
  readonly body: object;
}

/** Changes the rules of a store, here or through the app that writes the folder. */
export async function change<T extends object>(
  command: Command,
  as: string | undefined,
  route: Route,
  here: (changes: RuleChanges, sent: Sent) => Promise<T | Refusal>,
): Promise<T> {
  const places = await placesOf(command);
  const app = await runningAppOn(places);
  if (app) return askAppFor<T>(app, route, as);
  const [{ changeRules }, { operator }] = await Promise.all([import('./change-rules.js'), import('../operator.js')]);
  return withStores(places, 'write', (stores) => changeRules(stores, operator(as), here));
}

/** Sends a command to the app, where the owner of the key acts. @throws Failure */
export async function askAppFor<T>(app: RunningApp, { path, body }: Route, as: string | undefined): Promise<T> {
  if (as !== undefined)
    throw new Failure(
      'Beside a running app whoever holds the key in AMENDS_KEY acts: leave out --as, and use their key.',
    );
  const { askApp } = await import('../over-http.js');
  return askApp<T>(app, 'POST', path, body);
}
