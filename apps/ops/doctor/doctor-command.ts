import type { Command } from 'commander';
import { dataFolder, environmentOf } from '../data-folder.js';
import { EXIT } from '../failure.js';
import { print, subcommand } from '../output.js';

export function addDoctor(program: Command): void {
  subcommand(program, 'doctor', 'check versions, clock, disk, folder and stores, and say what to do')
    .addHelpText('after', '\nExits with 1 if something is wrong.')
    .action(async (_options: object, command: Command) => {
      const { examine } = await import('./examination.js');
      const findings = await examine(dataFolder(command), environmentOf(command));
      await print(command, { healthy: findings.every(({ ok }) => ok), findings }, () =>
        findings
          .map(
            ({ ok, what, found, remedy }) =>
              `${ok ? 'ok   ' : 'WRONG'} ${what}: ${found}${remedy ? `\n      ${remedy}` : ''}`,
          )
          .join('\n'),
      );
      if (!findings.every(({ ok }) => ok)) process.exitCode = EXIT.wrong;
    });
}
