import type { Command } from 'commander';
import { placesOf, refuseWhileAppRuns } from '../data-folder.js';
import { print, subcommand } from '../output.js';

export function addRestore(program: Command): void {
  subcommand(program, 'restore <folder>', 'restore a back-up, and record in history that you did')
    .addHelpText(
      'after',
      `
It keeps the replaced history as history.replaced.db, and rebuilds the read models. It restores a vault only from a
back-up of one, into a folder without a vault.`,
    )
    .action(async (from: string, _options: object, command: Command) => {
      const places = await placesOf(command);
      await refuseWhileAppRuns(places, 'A restore');
      const { runRestore } = await import('./restore-run.js');
      const result = await runRestore(places, from);
      await print(command, result, () =>
        result.restored === 'vault'
          ? `The vault of ${places.folder} is restored.`
          : [
              `The history of ${result.backupMadeAt} is restored in ${places.folder}, up to position ${result.lastPosition ?? 'none'}.`,
              `  digest  ${result.digest ?? '-'}`,
              ...(result.withdrawnSeals ? [`  ${result.withdrawnSeals} seals of later events are withdrawn`] : []),
            ].join('\n'),
      );
    });
}
