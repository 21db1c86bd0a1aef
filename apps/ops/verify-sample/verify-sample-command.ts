import type { Command } from 'commander';
import type { SampleReport } from '../../../libs/verification/sample-report.js';
import { placesOf, refuseWithoutStore } from '../data-folder.js';
import { print, subcommand, table } from '../output.js';
import { write } from '../rules/change.js';

interface Given {
  readonly programme?: string;
  readonly as?: string;
}

export function addVerifySample(program: Command): void {
  subcommand(
    program,
    'verify-sample <month>',
    'draw which cases approved in a month (such as 2031-05) are called back, or show the sample that was drawn',
  )
    .option('--programme <name>', 'the line of work; optional if the store has one')
    .option('--as <name>', 'who draws it, without a running app (default: AMENDS_OPERATOR, else your login)')
    .addHelpText(
      'after',
      `
A sample is drawn once, after its month is over, by the seed and the rate of the rules in force as the month began. A
case's ticket is the SHA-256 of seed, a newline and its id; the lowest tickets are drawn. So an auditor can draw it again
from the event VerificationSampled: "drawn again" says whether that gives the same cases.`,
    )
    .action(async (month: string, { programme, as }: Given, command: Command) => {
      refuseWithoutStore(await placesOf(command));
      const wanted = { month, ...(programme === undefined ? {} : { programme }) };
      const query = new URLSearchParams(wanted).toString();
      const report = await write<SampleReport>(
        command,
        { as, path: '/v1/verification-samples', body: wanted, then: `/v1/verification-samples?${query}` },
        async (stores, actor) => (await import('./verify-sample-run.js')).sampleHere(stores, actor, wanted),
      );
      await print(command, report, () => textOf(report));
    });
}

async function textOf({ period, seed, rate, repeatable, strata, cases }: SampleReport): Promise<string> {
  const sums = await table(
    ['stratum', 'approved', 'drawn', 'called', 'reached', 'satisfied', 'disagreements'],
    strata.map((one) => [
      ...[one.stratum ?? 'all', one.approved, one.drawn, one.called, one.reached, one.satisfied, one.disagreements],
    ]),
  );
  const each = await table(
    ['case', 'stratum', 'callback', 'satisfied', 'on record', 'agrees'],
    cases.map(({ case: id, stratum, callback, record, agrees }) => [
      ...[id, stratum, callback?.outcome ?? 'to be made', yesOrNo(callback?.satisfied), record, yesOrNo(agrees)],
    ]),
  );
  const again = repeatable ? 'gives the same cases' : 'GIVES OTHER CASES';
  return `Sample of ${period}: seed ${seed}, rate ${rate}. Drawn again: ${again}.\n${sums}\n${each}`;
}

const yesOrNo = (is: boolean | null | undefined): string | null => (is === true ? 'yes' : is === false ? 'no' : null);
