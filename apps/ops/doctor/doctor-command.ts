import type { Command } from 'commander';
import { dataFolder, environmentOf } from '../data-folder.js';
import { EXIT } from '../exit-codes.js';
import { Output } from '../output.js';
import { subcommand } from '../subcommand.js';

export function addDoctor(program: Command): void {
  subcommand(program, 'doctor', 'check versions, clock, disk, folder and stores, and say what to do')
    .addHelpText('after', '\nExits with 1 if something is wrong.')
    .action(async (_options: object, command: Command) => {
      const output = Output.of(command);
      const { examine } = await import('./examination.js');
      const findings = await examine(dataFolder(command), environmentOf(command));
      output.result({ healthy: findings.every(({ ok }) => ok), findings }, () =>
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
