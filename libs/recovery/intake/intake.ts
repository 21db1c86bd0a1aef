import { never, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { fact, type EventOf } from '../../event-sourcing/declared-event.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { GrowingSet } from '../fast/growing-set.js';
import type { Roster } from '../team/team.js';
import type { TriagedCase } from '../triage/triage.js';
import { field } from '../../event-sourcing/schema.js';
import { command } from '../vocabulary/command.js';
import { Day, OneOf, Optional, Text, Texts, Whole } from '../vocabulary/fields.js';
import { RELEASED_BY, type ReleasedBy } from '../vocabulary/words.js';
import { IntakeAllocated, type IntakeEvent } from './intake-events.js';
import { withCaseOf, type OpenCases } from './open-cases.js';
import { chooseOwner, type CasesOfDay } from './owner-choice.js';

/** A team's new cases of one day. An event costs the same however many came before it. */
export interface Intake extends CasesOfDay {
  /** The responses whose cases got an owner. */
  readonly allocated: GrowingSet;
  readonly heldBack: GrowingSet;
}

const ofDay = {
  team: Text(),
  /** The day of this intake. */
  day: Day,
  /** Absent where the team's members are unknown. */
  roster: Optional(field<Roster>({ type: 'object' })),
  /** Cases open now that were opened before the day, and on it. */
  openCases: field<OpenCases>({ type: 'object' }),
  openToday: Optional(field<OpenCases>({ type: 'object' })),
  /** Members who do not work now, by their calendars; absent where the rules do not ask. */
  offHours: Optional(Texts(500)),
};

export const AllocateIntake = command('AllocateIntake', {
  is: 'intention',
  comes: { inside: 'A reaction to the response allocates it, by the rules.' },
  fields: {
    ...ofDay,
    response: Text(),
    case: Text(),
    touchpoint: Optional(Text()),
    lastOwner: Optional(Text()),
    decided: field<TriagedCase>({ type: 'object' }),
    /** A person lets it in that was held back. */
    released: Optional(OneOf(RELEASED_BY)),
  },
});

/** What waits for room, with what triage decided. */
export interface WaitingResponse {
  readonly response: string;
  readonly case: string;
  readonly touchpoint?: string;
  /** Of the customer's last case, where the rules let them have the next one. */
  readonly lastOwner?: string;
  readonly decided: TriagedCase;
}

export const ReleaseHeldBack = command('ReleaseHeldBack', {
  is: 'intention',
  comes: { inside: 'The reactor asks again and again, as long as something is held back and the rules release it.' },
  fields: {
    ...ofDay,
    limit: Whole(0),
    /** In the order in which they get in. */
    waiting: field<readonly WaitingResponse[]>({ type: 'array' }),
  },
});

export const INTAKE_COMMANDS = [AllocateIntake, ReleaseHeldBack] as const;
export type IntakeCommand = CommandOf<(typeof INTAKE_COMMANDS)[number]>;

const decide = (asked: IntakeCommand, intake: Intake, { now }: Context): Decision<IntakeEvent> => {
  switch (asked.type) {
    case 'AllocateIntake': {
      const { response, team, decided, released } = asked;
      if (intake.allocated.has(response) || (!released && intake.heldBack.has(response))) return [];
      const limit = decided.intake.throttle?.perTeamAndDay;
      if (limit === undefined || intake.allocated.size < limit) return [allocated(asked, asked, intake, released)];
      const { score, rule, ruleSet } = decided;
      return [{ type: 'IntakeHeldBack', data: { response, team, limit, score, rule, ruleSet } }];
    }
    case 'ReleaseHeldBack':
      // The room of another day is not to be had any more, or not yet.
      return asked.day === now.slice(0, 10) ? letIn(asked, intake) : [];
    default:
      return never(asked);
  }
};

/** As many as there is room for. */
function letIn(asked: CommandOf<typeof ReleaseHeldBack>, intake: Intake): IntakeEvent[] {
  const events: IntakeEvent[] = [];
  let { byOwner } = intake;
  const room = asked.limit - intake.allocated.size;
  for (const waiting of asked.waiting) {
    if (events.length >= room) break;
    if (intake.allocated.has(waiting.response)) continue;
    const event = allocated(waiting, asked, { byOwner }, 'rule');
    events.push(event);
    byOwner = withCaseOf(event.data.owner, event.data.priority, byOwner);
  }
  return events;
}

function allocated(
  { response, case: id, touchpoint, lastOwner, decided }: WaitingResponse,
  { team, day, roster, openCases, openToday, offHours }: Pick<IntakeCommand, keyof typeof ofDay>,
  cases: CasesOfDay,
  released: ReleasedBy | undefined,
): EventOf<typeof IntakeAllocated> {
  const { kind, priority, score, rule, ruleSet } = decided;
  const { intake: of } = decided;
  const { owner, by, because } = chooseOwner(
    { rule: of, day, touchpoint, lastOwner, roster, openCases, openToday, offHours },
    cases,
  );
  return fact(IntakeAllocated, {
    response,
    case: id,
    team,
    owner,
    by,
    because,
    kind,
    priority,
    score,
    rule,
    ruleSet,
    released,
  });
}

const evolve = (intake: Intake, event: Recorded<IntakeEvent>): Intake => {
  const { response } = event.data;
  switch (event.type) {
    case 'IntakeAllocated': {
      const byOwner = withCaseOf(event.data.owner, event.data.priority, intake.byOwner);
      return { ...intake, allocated: intake.allocated.with(response), byOwner };
    }
    case 'IntakeHeldBack':
      return { ...intake, heldBack: intake.heldBack.with(response) };
    default:
      return never(event);
  }
};

const NOBODY: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map();

/** It never refuses: it gives a response an owner, or holds it back and counts it. */
export const intakeDecider: Decider<Intake, IntakeCommand, IntakeEvent> = {
  initialState: { allocated: GrowingSet.empty, heldBack: GrowingSet.empty, byOwner: NOBODY },
  evolve,
  decide,
};
