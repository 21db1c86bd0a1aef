import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { newRejectsFile } from '../../../libs/import/rejects.js';
import { runningAppOn, placesOf, withStores } from '../data-folder.js';
import { EXIT, Failure } from '../failure.js';
import { print, subcommand } from '../output.js';

interface Options {
  readonly mapping?: string;
  readonly preview?: boolean;
  readonly propose?: boolean;
  readonly to: string;
  readonly zone?: string;
  readonly rejects?: string;
}

export function addImport(program: Command): void {
  subcommand(program, 'import <file>', "import a source's file into history, through a mapping")
    .option('--mapping <file>', 'how its rows become events, such as mappings/incidents.yaml')
    .option('--preview', 'show what the mapping makes of the first rows, and store nothing')
    .option('--propose', 'write a mapping and a rule set for the file to start from, with each guess said in a comment')
    .option('--to <folder>', 'with --propose: where to write them', '.')
    .option('--zone <zone>', "with --propose: where the file's local times are (default: this computer's zone)")
    .option('--rejects <file>', 'a new file for rejected rows (default: in rejects/ in the data folder)')
    .addHelpText('after', '\nA second import adds only what is missing: after a crash, run it again.')
    .action(async (file: string, options: Options, command: Command) => {
      if (options.propose === true) return propose(file, options, command);
      const { mapping } = options;
      if (mapping === undefined)
        throw new Failure('Name a mapping with --mapping FILE, or let --propose write one to start from.');
      if (options.preview === true) return preview(file, mapping, command);
      const places = await placesOf(command);
      const { importOverHttp, prepareImport, runImport } = await import('./import-run.js');
      const began = performance.now();
      const prepared = await prepareImport(file, mapping);
      const rejects = resolve(
        options.rejects ?? newRejectsFile(places.folder, basename(file), new Date().toISOString()),
      );
      const app = await runningAppOn(places);
      const result = app
        ? await importOverHttp(app, prepared, rejects)
        : await withStores(places, 'write', (stores) => runImport(stores, prepared, rejects));
      const seconds = Number(((performance.now() - began) / 1_000).toFixed(2));
      await print(command, { ...result, seconds }, () => {
        const { rows, cases, added, alreadyThere, corrected, rejected, rejectsFile, inRepeatedHour } = result;
        const { notes = [] } = result;
        const counts = [
          `${rows.toLocaleString('en-US')} rows of ${cases.toLocaleString('en-US')} cases`,
          `${added.toLocaleString('en-US')} events added${corrected === undefined ? '' : ` (${corrected.toLocaleString('en-US')} of them corrections)`}`,
          `${alreadyThere.toLocaleString('en-US')} already there`,
          `${rejected.toLocaleString('en-US')} rows rejected`,
        ];
        const rejects = rejectsFile === undefined ? '' : `\nThe rejected rows are in ${rejectsFile}`;
        const repeated = inRepeatedHour === undefined ? '' : `\n${ofRepeatedHour(inRepeatedHour)}`;
        return [`${counts.join(', ')}, in ${seconds} s${repeated}${rejects}`, ...notes].join('\n');
      });
      if (result.rejected > 0) process.exitCode = EXIT.wrong;
    });
}

const ofRepeatedHour = (rows: number): string =>
  `Rows with a time that came twice, as the clocks went back: ${rows.toLocaleString('en-US')}, read as the earlier. ` +
  'Set repeatedHour in the mapping to earlier, later or reject';

async function propose(file: string, { to, zone }: Options, command: Command): Promise<void> {
  const run = await import('./propose-run.js');
  const proposal = await run.propose(file, to, zone);
  await print(command, proposal, () =>
    [`Wrote ${proposal.mapping} and ${proposal.rules}. Look through what it guessed:`, ...proposal.guesses].join('\n'),
  );
}

async function preview(file: string, mapping: string, command: Command): Promise<void> {
  const run = await import('./propose-run.js');
  const previewed = await run.preview(file, mapping);
  await print(command, previewed, () => run.previewText(previewed));
  if (previewed.rejected.length > 0) process.exitCode = EXIT.wrong;
}
