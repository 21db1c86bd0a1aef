import { never, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import type { Roster } from '../team/team.js';
import type { TriagedCase } from '../triage/triage.js';
import type { IntakeEvent } from './intake-events.js';
import { chooseOwner } from './owner-choice.js';

/** A team's new cases of one day: their owners in order, and the responses held back. */
export interface Intake {
  readonly allocated: readonly { readonly response: string; readonly owner: string }[];
  readonly heldBack: readonly string[];
}

export type IntakeCommand = {
  type: 'AllocateIntake';
  response: string;
  case: string;
  team: string;
  /** The day of this intake, such as 2031-05-05. */
  day: string;
  touchpoint?: string;
  decided: TriagedCase;
  /** Absent if nobody named the team's members. */
  roster?: Roster;
  /** By owner: cases open now, without those of this intake. */
  openCases: Readonly<Record<string, number>>;
};

const decide = (command: IntakeCommand, intake: Intake): Decision<IntakeEvent> => {
  const { response, team, decided } = command;
  const { kind, priority, score, rule, ruleSet } = decided;
  if (intake.heldBack.includes(response) || intake.allocated.some((done) => done.response === response)) return [];
  const limit = decided.intake.throttle?.perTeamAndDay;
  if (limit !== undefined && intake.allocated.length >= limit)
    return [{ type: 'IntakeHeldBack', data: { response, team, limit, score, rule, ruleSet } }];
  const { owner, by } = chooseOwner(command, intake);
  return [
    {
      type: 'IntakeAllocated',
      data: { response, case: command.case, team, owner, by, kind, priority, score, rule, ruleSet },
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
