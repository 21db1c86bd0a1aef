import type { Decider } from '../event-sourcing/decider.js';
import type { DeclaredCommand, Route } from '../event-sourcing/declared-command.js';
import type { Role } from './vocabulary/roles.js';
import type { CaseContext } from './case/case-context.js';
import { CASE_COMMANDS, caseDecider } from './case/case.js';
import { CLOCK_COMMANDS, clockDecider } from './clocks/clock-notices.js';
import type { ClockContext } from './clocks/standing-clocks.js';
import { CUSTOMER_COMMANDS, customerDecider } from './customer/customer.js';
import { failureDecider, ReportOperationalFailure } from './failure/failure.js';
import { IMPROVEMENT_COMMANDS, improvementDecider } from './improvement/improvement.js';
import { INTAKE_COMMANDS, intakeDecider } from './intake/intake.js';
import { RESPONSE_COMMANDS, responseDecider, type ResponseContext } from './response/response.js';
import { RULES_COMMANDS, rulesDecider, type RulesContext } from './rules/rule-decider.js';
import { ChangeTeam, teamDecider } from './team/team.js';
import { DrawSample, verificationDecider } from './verification/verification.js';

/** What any decider may ask of its surroundings: one context serves them all. */
export type CommandContext = CaseContext & RulesContext & ResponseContext & ClockContext;

/** Every aggregate by name: what can be asked of it, and what decides. */
export const AGGREGATES = {
  response: { commands: RESPONSE_COMMANDS, decider: responseDecider },
  case: { commands: CASE_COMMANDS, decider: caseDecider },
  /** Under its case's id, and of its case's shard. */
  clock: { commands: CLOCK_COMMANDS, decider: clockDecider },
  customer: { commands: CUSTOMER_COMMANDS, decider: customerDecider },
  failure: { commands: [ReportOperationalFailure], decider: failureDecider },
  team: { commands: [ChangeTeam], decider: teamDecider },
  /** Under intakeId(team, day). */
  intake: { commands: INTAKE_COMMANDS, decider: intakeDecider },
  /** Under its programme. */
  rules: { commands: RULES_COMMANDS, decider: rulesDecider },
  /** Under its period. */
  verification: { commands: [DrawSample], decider: verificationDecider },
  improvement: { commands: IMPROVEMENT_COMMANDS, decider: improvementDecider },
} as const;

type Aggregates = typeof AGGREGATES;
export type AggregateName = keyof Aggregates;

type Parts<N extends AggregateName> =
  Aggregates[N]['decider'] extends Decider<infer S, infer C, infer E, never>
    ? { state: S; command: C; event: E }
    : never;

export type StateOf<N extends AggregateName> = Parts<N>['state'];
export type CommandOf<N extends AggregateName> = Parts<N>['command'];
export type EventOf<N extends AggregateName> = Parts<N>['event'];

/** A question about other streams that a decision may need answered. */
export type Need = Aggregates[AggregateName]['commands'][number]['needs'][number];

/** A command's declaration. */
export const declaredCommand = (aggregate: AggregateName, type: string): DeclaredCommand | undefined => {
  const commands: readonly DeclaredCommand[] = AGGREGATES[aggregate].commands;
  return commands.find((declared) => declared.type === type);
};

export interface RouteOfCommand {
  readonly method: 'POST' | 'PUT';
  /** With the names of its parameters in braces, such as /v1/cases/{id}/offers/{offer}/answer. */
  readonly path: string;
  readonly roles: readonly Role[];
}

/** A command's route, by its type; undefined where it has none. */
export function routeOf(type: string): RouteOfCommand | undefined {
  for (const [aggregate, { commands }] of Object.entries(AGGREGATES)) {
    const comes = (commands as readonly DeclaredCommand[]).find((declared) => declared.type === type)?.comes;
    if (comes === undefined || 'inside' in comes) continue;
    const { method = 'POST', path, roles } = comes as Route<Role>;
    return { method, path: `/v1/${aggregate === 'case' ? 'cases/{id}/' : ''}${path}`, roles };
  }
  return undefined;
}

/** The stream that holds an aggregate's events. Its name is stored for good. */
export const streamOf = (aggregate: AggregateName, id: string): string => `${aggregate}-${id}`;

/** A team's intake of one day, such as 2031-05-05. */
export const intakeId = (team: string, day: string): string => `${team}-${day}`;
