import type { Command } from 'commander';
import { placesOf, refuseWithoutStore } from '../data-folder.js';
import { print, subcommand } from '../output.js';

export function addBackup(program: Command): void {
  subcommand(program, 'backup <folder>', 'copy the store, also while an app runs on it')
    .option('--vault', "copy only the vault: customers' keys and references")
    .addHelpText(
      'after',
      `
Without --vault, it copies the history, the ledger with its seals, and the key that checks them; Amends rebuilds read
models from history. Keep the vault's back-ups elsewhere: whoever has both can read what customers said.`,
    )
    .action(async (to: string, { vault = false }: { vault?: boolean }, command: Command) => {
      const places = await placesOf(command);
      refuseWithoutStore(places);
      const { runBackup } = await import('./backup-run.js');
      const result = await runBackup(places, to, vault);
      await print(command, result, () =>
        [`Backed up to ${result.folder}:`, ...result.files.map((file) => `  ${file}`)].join('\n'),
      );
    });
}
