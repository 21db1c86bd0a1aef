import type { Command } from 'commander';
import { placesOf, refuseBesideApp } from '../data-folder.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

export function addRestore(program: Command): void {
  subcommand(program, 'restore <folder>', 'put a back-up back; the history says that it was')
    .addHelpText(
      'after',
      `
The history that was there is kept beside the restored one, as history.replaced.db. Read models are built again. The
vault is left as it is, unless the back-up is one of the vault and the folder has none.`,
    )
    .action(async (from: string, _options: object, command: Command) => {
      const output = Output.of(command);
      const places = await placesOf(command);
      await refuseBesideApp(places, 'A restore');
      const { runRestore } = await import('./restore-run.js');
      const result = await runRestore(places, from);
      output.result(result, () =>
        result.restored === 'vault'
          ? `The vault of ${places.folder} is back.`
          : [
              `The history of ${result.backupMadeAt} is back in ${places.folder}, up to position ${result.lastPosition ?? 'none'}.`,
              `  digest  ${result.digest ?? '-'}`,
              ...(result.withdrawnSeals ? [`  ${result.withdrawnSeals} seals of later events were set aside`] : []),
            ].join('\n'),
      );
    });
}
