import type { Command } from 'commander';

/** A command with the common options. Commander passes settings such as exitOverride on to commands made so. */
export function subcommand(program: Command, nameAndArguments: string, description: string): Command {
  return program
    .command(nameAndArguments)
    .description(description)
    .option('--data <folder>', 'the folder of the stores (default: AMENDS_DATA, else ./data)')
    .option('--json', 'print the result as JSON, and nothing else, on standard output');
}
