import type { Command } from 'commander';
import { placesOf, refuseWithoutStore, runningAppOn } from '../data-folder.js';
import { print, subcommand } from '../output.js';
import { askApp } from '../over-http.js';
import type { RunningApp } from '../../../libs/platform/stores/running-app.js';
import type { Rebuilt } from './rebuild-run.js';

export function addRebuild(program: Command): void {
  subcommand(program, 'rebuild', 'build the read models from history again, which mends whatever is damaged in them')
    .option('--reason <text>', 'why, for the list of builds', 'Built again')
    .addHelpText(
      'after',
      `
The new read models are built beside the live ones, which are served until the switch. If the files can't be read at
all, it removes them first. History, seals and the vault stay as they are.`,
    )
    .action(async ({ reason }: { readonly reason: string }, command: Command) => {
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const app = await runningAppOn(places);
      const result = app
        ? await rebuildThrough(app, reason)
        : await (await import('./rebuild-run.js')).runRebuild(places, reason);
      await print(command, result, () => textOf(result));
    });
}

/** The app's follower keeps the new build up to date, so the app itself makes it. */
async function rebuildThrough(app: RunningApp, reason: string): Promise<Rebuilt> {
  const { id } = await askApp<{ id: number }>(app, 'POST', '/v1/generations', { reason });
  const { from } = await askApp<{ from?: number }>(app, 'POST', `/v1/generations/${id}/switch`);
  if (from !== undefined && from !== id) await askApp(app, 'DELETE', `/v1/generations/${from}`);
  return { generation: id, released: from === undefined || from === id ? [] : [from], removedFiles: false };
}

const textOf = ({ generation, released, removedFiles }: Rebuilt): string =>
  [
    `The read models are built again: generation ${generation} is live.`,
    ...(removedFiles ? ['  Their files could not be read, and were removed first.'] : []),
    ...(released.length > 0 ? [`  Dropped: generation ${released.join(', ')}.`] : []),
  ].join('\n');
