import { streamOf, type CommandContext, type Need } from '../recovery/aggregates.js';
import { caseDecider } from '../recovery/case/case.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import { standingClocks } from '../recovery/clocks/standing-clocks.js';
import { customerDecider } from '../recovery/customer/customer.js';
import { allWhoAre } from '../recovery/customer/joined-customers.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { peopleOf, teamDecider } from '../recovery/team/team.js';
import type { Beside } from './beside.js';
import type { AnyRequest } from './command-request.js';
import { lastReSurveyIn } from './last-re-survey.js';

/** What is known beside the streams. */
export interface Sources {
  /** The rules at this moment. Each command asks again. */
  rules(this: void): RuleBooks;
  /** The number of operators. A single one may approve their own rules. */
  operators(this: void): Promise<number>;
  /** The cases of these customers, who are one person. */
  casesOf?(this: void, customers: readonly string[]): Promise<readonly string[]>;
}

interface Asked {
  readonly request: AnyRequest;
  readonly customer: string | undefined;
  readonly beside: Beside;
}

/** Answers what a decision needs to know of other streams. */
export const answerTo = async (
  needs: readonly Need[],
  asked: Asked,
  sources: Sources,
): Promise<Partial<CommandContext>> => {
  const context = {};
  for (const need of needs) Object.assign(context, { [need]: await ANSWERS[need](asked, sources) });
  return context;
};

const ANSWERS: { readonly [N in Need]: (asked: Asked, sources: Sources) => Promise<CommandContext[N]> } = {
  operators: (_, { operators }) => operators(),
  clocks: async ({ request: { id }, beside }, { rules }) =>
    standingClocks(await beside.events(streamOf('case', id)), rules()),
  lastReSurveyAt: async ({ customer, beside }, { casesOf }) => {
    if (customer === undefined || !casesOf) return undefined;
    const last: string[] = [];
    for (const id of await casesOf(await samePerson(customer, beside)))
      last.push(lastReSurveyIn(await beside.events(streamOf('case', id))) ?? '');
    return last.toSorted().at(-1) || undefined;
  },
  people: async ({ request: { id, command }, beside }) => {
    const named = 'toTeam' in command ? command.toTeam : 'team' in command ? command.team : undefined;
    const team = named ?? (await caseNow(id, beside))?.facts.team;
    if (typeof team !== 'string') return undefined;
    const state = await beside.read(streamOf('team', team), teamDecider);
    if (state.status === 'none' || state.roster.members.length === 0) return undefined;
    return { team, ids: peopleOf(state.roster) };
  },
  mergesInto: async ({ request: { command }, customer = '', beside }) => {
    if (!('into' in command)) return undefined;
    const now = await caseNow(command.into, beside);
    if (!now) return 'not-opened';
    const { customer: other, mergedInto: into, facts } = now;
    const isOfSamePerson = other !== customer && (await samePerson(customer, beside)).includes(other);
    return { status: facts.status, customer: other, into, isOfSamePerson };
  },
};

/** All who an operator says are one person with this customer, themselves first. */
export async function samePerson(customer: string, beside: Beside): Promise<readonly string[]> {
  const says = new Map<string, readonly string[]>();
  const named = new Set([customer]);
  for (const one of named) {
    const state = await beside.read(streamOf('customer', one), customerDecider);
    const joinedWith = state.status === 'known' ? state.joinedWith : [];
    says.set(one, joinedWith);
    for (const other of joinedWith) named.add(other);
  }
  return allWhoAre(customer, says);
}

const caseNow = async (id: string, beside: Beside): Promise<OpenedCase | undefined> =>
  (await beside.read(streamOf('case', id), caseDecider)).now;
