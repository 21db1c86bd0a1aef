import { Command } from 'commander';
import { addAudit } from './commands/audit.js';
import { addBackup } from './commands/backup.js';
import { addDoctor } from './commands/doctor.js';
import { addExport } from './commands/export.js';
import { addImport } from './commands/import.js';
import { addMigrate } from './commands/migrate.js';
import { addRehearse } from './commands/rehearse.js';
import { addReplay } from './commands/replay.js';
import { addReport } from './commands/report.js';
import { addRestore } from './commands/restore.js';
import { addRules } from './commands/rules.js';
import { addVerify } from './commands/verify.js';

const AFTER = `
A command works on the folder that --data names, else AMENDS_DATA, else ./data. Beside a running app, what writes is
sent to it: set AMENDS_KEY to an operator's key.

Exit codes: 0 done, 1 something was found wrong, 2 the command or its input can't be used, 3 the store can't be
worked on now, 4 refused by the rules, 70 a fault of Amends itself.`;

/** The command line. Nothing heavy is loaded before a command runs, so that help is quick. */
export function makeProgram(): Command {
  const program = new Command('amends')
    .description('Service recovery, from its history: import, report, rehearse, replay, audit, verify.')
    .version('0.1.0')
    .showHelpAfterError('(amends --help, or amends COMMAND --help, says what there is)')
    .addHelpText('after', AFTER)
    .exitOverride();
  addImport(program);
  addReport(program);
  addRehearse(program);
  addReplay(program);
  addRules(program);
  addAudit(program);
  addVerify(program);
  addExport(program);
  addBackup(program);
  addRestore(program);
  addMigrate(program);
  addDoctor(program);
  return program;
}
