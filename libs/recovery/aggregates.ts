import type { Decider } from '../event-sourcing/decider.js';
import type { DeclaredCommand } from '../event-sourcing/declared-command.js';
import type { CaseContext } from './case/case-context.js';
import { CASE_COMMANDS, caseDecider } from './case/case.js';
import { CLOCK_COMMANDS, clockDecider } from './clocks/clock-notices.js';
import { CUSTOMER_COMMANDS, customerDecider } from './customer/customer.js';
import { failureDecider, ReportOperationalFailure } from './failure/failure.js';
import { IMPROVEMENT_COMMANDS, improvementDecider } from './improvement/improvement.js';
import { AllocateIntake, intakeDecider } from './intake/intake.js';
import { RESPONSE_COMMANDS, responseDecider } from './response/response.js';
import { RULES_COMMANDS, rulesDecider, type RulesContext } from './rules/rule-decider.js';
import { ChangeTeam, teamDecider } from './team/team.js';
import { DrawSample, verificationDecider } from './verification/verification.js';

/** What any decider may ask of its surroundings: one context serves them all. */
export type CommandContext = CaseContext & RulesContext;

/** Every aggregate by name: what can be asked of it, what decides, and the stream that holds its events. Stream names are stored for good. */
export const AGGREGATES = {
  response: { commands: RESPONSE_COMMANDS, decider: responseDecider, stream: (id: string) => `response-${id}` },
  case: { commands: CASE_COMMANDS, decider: caseDecider, stream: (id: string) => `case-${id}` },
  /** Under its case's id, and of its case's shard. */
  clock: { commands: CLOCK_COMMANDS, decider: clockDecider, stream: (id: string) => `clock-${id}` },
  customer: { commands: CUSTOMER_COMMANDS, decider: customerDecider, stream: (id: string) => `customer-${id}` },
  failure: { commands: [ReportOperationalFailure], decider: failureDecider, stream: (id: string) => `failure-${id}` },
  team: { commands: [ChangeTeam], decider: teamDecider, stream: (id: string) => `team-${id}` },
  /** Under intakeId(team, day). */
  intake: { commands: [AllocateIntake], decider: intakeDecider, stream: (id: string) => `intake-${id}` },
  /** Under its programme. */
  rules: { commands: RULES_COMMANDS, decider: rulesDecider, stream: (id: string) => `rules-${id}` },
  /** Under its period. */
  verification: { commands: [DrawSample], decider: verificationDecider, stream: (id: string) => `verification-${id}` },
  improvement: {
    commands: IMPROVEMENT_COMMANDS,
    decider: improvementDecider,
    stream: (id: string) => `improvement-${id}`,
  },
} as const;

export type Aggregates = typeof AGGREGATES;
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

export const streamOf = (aggregate: AggregateName, id: string): string => AGGREGATES[aggregate].stream(id);

/** A team's intake of one day, such as 2031-05-05. */
export const intakeId = (team: string, day: string): string => `${team}-${day}`;
