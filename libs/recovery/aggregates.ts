import type { Decider } from '../event-sourcing/decider.js';
import type { CaseContext } from './case/case-context.js';
import { caseDecider } from './case/case.js';
import { clockDecider } from './clocks/clock-notices.js';
import { customerDecider } from './customer/customer.js';
import { failureDecider } from './failure/failure.js';
import { improvementDecider } from './improvement/improvement.js';
import { intakeDecider } from './intake/intake.js';
import { responseDecider } from './response/response.js';
import { rulesDecider, type RulesContext } from './rules/rule-decider.js';
import { teamDecider } from './team/team.js';
import { verificationDecider } from './verification/verification.js';

/** What any decider may ask of its surroundings: one context serves them all. */
export type CommandContext = CaseContext & RulesContext;

/** Every aggregate by name: what decides, and the stream that holds its events. Stream names are stored for good. */
export const AGGREGATES = {
  response: { decider: responseDecider, stream: (id: string) => `response-${id}` },
  case: { decider: caseDecider, stream: (id: string) => `case-${id}` },
  /** Under its case's id, and of its case's shard. */
  clock: { decider: clockDecider, stream: (id: string) => `clock-${id}` },
  customer: { decider: customerDecider, stream: (id: string) => `customer-${id}` },
  failure: { decider: failureDecider, stream: (id: string) => `failure-${id}` },
  team: { decider: teamDecider, stream: (id: string) => `team-${id}` },
  /** Under intakeId(team, day). */
  intake: { decider: intakeDecider, stream: (id: string) => `intake-${id}` },
  /** Under its programme. */
  rules: { decider: rulesDecider, stream: (id: string) => `rules-${id}` },
  /** Under its period. */
  verification: { decider: verificationDecider, stream: (id: string) => `verification-${id}` },
  improvement: { decider: improvementDecider, stream: (id: string) => `improvement-${id}` },
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

export const streamOf = (aggregate: AggregateName, id: string): string => AGGREGATES[aggregate].stream(id);

/** A team's intake of one day, such as 2031-05-05. */
export const intakeId = (team: string, day: string): string => `${team}-${day}`;
