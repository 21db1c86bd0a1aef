import type { Command } from 'commander';

/** What every command takes. Commander hands settings such as exitOverride down to commands made this way. */
export function subcommand(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--data <folder>', 'the folder of the stores (default: AMENDS_DATA, else ./data)')
    .option('--json', 'print the result as JSON, alone on standard output');
}
