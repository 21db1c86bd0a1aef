import { Command } from 'commander';
import { addAudit } from './audit/audit-command.js';
import { addBackup } from './backup/backup-command.js';
import { addDoctor } from './doctor/doctor-command.js';
import { addExport } from './export/export-command.js';
import { addImport } from './import/import-command.js';
import { addMigrate } from './migrate/migrate-command.js';
import { addNotify } from './notify/notify-command.js';
import { addParked } from './parked/parked-command.js';
import { addRebuild } from './rebuild/rebuild-command.js';
import { addRehearse } from './rehearse/rehearse-command.js';
import { addReplay } from './replay/replay-command.js';
import { addReport } from './report/report-command.js';
import { addRestore } from './restore/restore-command.js';
import { addRules } from './rules/rules-command.js';
import { addVerifySample } from './verify-sample/verify-sample-command.js';
import { addVerify } from './verify/verify-command.js';

const AFTER = `
A command works on the folder that --data names, else AMENDS_DATA, else ./data. While an app runs on it, commands that
write go through the app: set AMENDS_KEY to an operator's key.

Exit codes: 0 done, 1 found something wrong, 2 the command or its input is invalid, 3 the store is unavailable now,
4 the rules refuse it, 70 a fault of Amends itself.`;

/** The command line. Commands load their modules when they run, so that help is fast. */
export function makeProgram(): Command {
  const program = new Command('amends')
    .description('Service recovery, from its history: import, report, rehearse, replay, audit, verify.')
    .version('0.1.0')
    .showHelpAfterError('(see amends --help, or amends COMMAND --help)')
    .addHelpText('after', AFTER)
    .exitOverride();
  addImport(program);
  addReport(program);
  addRehearse(program);
  addReplay(program);
  addRebuild(program);
  addParked(program);
  addRules(program);
  addAudit(program);
  addVerify(program);
  addVerifySample(program);
  addExport(program);
  addBackup(program);
  addRestore(program);
  addMigrate(program);
  addNotify(program);
  addDoctor(program);
  return program;
}
