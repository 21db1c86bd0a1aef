import { never, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { GrowingSet } from '../fast/growing-set.js';
import type { Roster } from '../team/team.js';
import type { TriagedCase } from '../triage/triage.js';
import { field } from '../../event-sourcing/schema.js';
import { command } from '../vocabulary/command.js';
import { Day, Optional, Text } from '../vocabulary/fields.js';
import type { IntakeEvent } from './intake-events.js';
import { chooseOwner, withCaseOf, type CasesOfDay } from './owner-choice.js';

/** A team's new cases of one day. An event costs the same however many came before it. */
export interface Intake extends CasesOfDay {
  /** The responses that got an owner or were held back. */
  readonly decided: GrowingSet;
  /** The number of cases that got an owner. */
  readonly allocated: number;
}

export const AllocateIntake = command('AllocateIntake', {
  is: 'intention',
  comes: { inside: 'A reaction to the response allocates it, by the rules.' },
  fields: {
    response: Text(),
    case: Text(),
    team: Text(),
    /** The day of this intake. */
    day: Day,
    touchpoint: Optional(Text()),
    decided: field<TriagedCase>({ type: 'object' }),
    /** Absent where the team's members are unknown. */
    roster: Optional(field<Roster>({ type: 'object' })),
    /** By owner: cases open now, those of this very intake left out. */
    openCases: field<Readonly<Record<string, number>>>({ type: 'object' }),
  },
});
export type IntakeCommand = CommandOf<typeof AllocateIntake>;

const decide = (asked: IntakeCommand, intake: Intake): Decision<IntakeEvent> => {
  const { response, team, decided } = asked;
  const { kind, priority, score, rule, ruleSet } = decided;
  if (intake.decided.has(response)) return [];
  const limit = decided.intake.throttle?.perTeamAndDay;
  if (limit !== undefined && intake.allocated >= limit)
    return [{ type: 'IntakeHeldBack', data: { response, team, limit, score, rule, ruleSet } }];
  const { owner, by } = chooseOwner(asked, intake);
  return [
    {
      type: 'IntakeAllocated',
      data: { response, case: asked.case, team, owner, by, kind, priority, score, rule, ruleSet },
    },
  ];
};

const evolve = (intake: Intake, event: Recorded<IntakeEvent>): Intake => {
  const decided = intake.decided.with(event.data.response);
  switch (event.type) {
    case 'IntakeAllocated':
      return { decided, allocated: intake.allocated + 1, byOwner: withCaseOf(event.data.owner, intake.byOwner) };
    case 'IntakeHeldBack':
      return { ...intake, decided };
    default:
      return never(event);
  }
};

/** It never refuses: it gives a response an owner, or holds it back and counts it. */
export const intakeDecider: Decider<Intake, IntakeCommand, IntakeEvent> = {
  initialState: { decided: GrowingSet.empty, allocated: 0, byOwner: new Map() },
  evolve,
  decide,
};
