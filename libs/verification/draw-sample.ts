import type { Commands, Done } from '../commands/commands.js';
import type { RulesInForce } from '../commands/rules-in-force.js';
import { isRefusal, refuse, through, type Refusal } from '../event-sourcing/decider.js';
import type { Actor } from '../event-sourcing/event.js';
import { stated } from '../event-sourcing/stated.js';
import type { CaseDocument } from '../read-models/cases.js';
import { allPages } from '../read-store/all-pages.js';
import type { ReadStore } from '../read-store/read-store.js';

export interface WhichSample {
  /** Optional if the store has one programme. */
  readonly programme?: string | undefined;
  /** Cases approved in this month (UTC), such as 2031-05. */
  readonly month: string;
}

export interface Surroundings {
  readonly reads: Pick<ReadStore, 'find'>;
  readonly commands: Pick<Commands, 'execute'>;
  readonly rules: Pick<RulesInForce, 'books' | 'onlyProgramme'>;
}

export interface DrawnSample {
  readonly period: string;
  readonly done: Done;
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/** The name of a month's sample, which its stream has too. */
export function periodOf(
  { programme: named, month }: WhichSample,
  rules: Surroundings['rules'],
): { readonly programme: string; readonly period: string } | Refusal {
  if (!MONTH.test(month))
    return refuse('month-malformed', `"${month}" is no month.`, 'Send one such as 2031-05.', 'month');
  const programme = named ?? rules.onlyProgramme();
  if (programme !== undefined) return { programme, period: `${programme}-${month}` };
  return refuse('programme-missing', 'This store has several programmes, or none.', 'Name one.', 'programme');
}

/** Draws which approved cases of a month are verified, by the seed and rate of the rules in force as it began. */
export async function drawSample(
  { reads, commands, rules }: Surroundings,
  wanted: WhichSample,
  sent: { readonly actor: Actor; readonly commandId: string },
): Promise<DrawnSample | Refusal> {
  const named = periodOf(wanted, rules);
  if (isRefusal(named)) return named;
  const { programme, period } = named;
  const { month } = wanted;
  const { seed, sampleRate, strata } = rules.books().at(programme, beginOf(month))?.ruleSet.verification ?? {};
  if (seed === undefined || sampleRate === undefined)
    return refuse(
      'sampling-not-in-rules',
      `The rules of ${programme} name no seed and rate to draw by.`,
      through('Draft rules with verification.seed and sampleRate, and put them in force.', [
        'DraftRuleSet',
        'ActivateRuleSet',
      ]),
    );
  const cases = await approvedIn(reads, { programme, month, strata });
  const done = await commands.execute({
    aggregate: 'verification',
    id: period,
    programme,
    ...sent,
    // The month makes each drawing different, though the rules publish one seed for all.
    command: { type: 'DrawSample', period, until: endOf(month), seed: `${seed}/${month}`, rate: sampleRate, cases },
  });
  return isRefusal(done) ? done : { period, done };
}

const beginOf = (month: string): string => `${month}-01T00:00:00.000Z`;

/** The instant at which a month is over, UTC. */
function endOf(month: string): string {
  const end = new Date(beginOf(month));
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end.toISOString();
}

/** The cases whose last approval was in the month. */
async function approvedIn(
  reads: Surroundings['reads'],
  { programme, month, strata }: { programme: string; month: string; strata: 'owner' | 'team' | undefined },
): Promise<{ case: string; stratum?: string }[]> {
  const found: { case: string; stratum?: string }[] = [];
  const filter = { programme, status: 'approved', lastEventAt: { $gte: beginOf(month) } };
  for await (const page of allPages(reads, 'cases', { filter }))
    // The cases read model stores the documents that it declares.
    for (const one of page as unknown as readonly CaseDocument[]) {
      const approval = one.steps.findLast(({ step }) => step === 'approved');
      if (approval?.at.startsWith(month) !== true) continue;
      const stratum = strata === undefined ? undefined : (one[strata] ?? undefined);
      found.push(stated({ case: one.case, stratum }));
    }
  return found;
}
