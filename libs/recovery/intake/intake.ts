import { never, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Roster } from '../team/team.js';
import type { TriagedCase } from '../triage/triage.js';
import { field } from '../../event-sourcing/schema.js';
import { command } from '../vocabulary/command.js';
import { Day, Optional, Text } from '../vocabulary/fields.js';
import type { IntakeEvent } from './intake-events.js';
import { chooseOwner } from './owner-choice.js';

/** A team's new cases of one day: their owners in order, and the responses held back. */
export interface Intake {
  readonly allocated: readonly { readonly response: string; readonly owner: string }[];
  readonly heldBack: readonly string[];
}

export const AllocateIntake = command('AllocateIntake', {
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
  if (intake.heldBack.includes(response) || intake.allocated.some((done) => done.response === response)) return [];
  const limit = decided.intake.throttle?.perTeamAndDay;
  if (limit !== undefined && intake.allocated.length >= limit)
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
  switch (event.type) {
    case 'IntakeAllocated': {
      const { response, owner } = event.data;
      return { ...intake, allocated: [...intake.allocated, { response, owner }] };
    }
    case 'IntakeHeldBack':
      return { ...intake, heldBack: [...intake.heldBack, event.data.response] };
    default:
      return never(event);
  }
};

/** It never refuses: it gives a response an owner, or holds it back and counts it. */
export const intakeDecider: Decider<Intake, IntakeCommand, IntakeEvent> = {
  initialState: { allocated: [], heldBack: [] },
  evolve,
  decide,
};
