import { stated } from '../event-sourcing/stated.js';
import { intakeId, streamOf } from '../recovery/aggregates.js';
import type { RecordedEvent } from '../recovery/history.js';
import { ownerRule } from '../recovery/intake/owner-rule.js';
import type { ReceivedResponse } from '../recovery/response/response-events.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { TriagedResponse } from '../recovery/response/response-events.js';
import type { CaseOfCell } from '../recovery/triage/triage.js';
import { effectOn, type EffectOn, type Needs, type ReactionInputs } from './effect.js';
import { neededOfCustomers, neededToChoose, offHoursOf, rosterOf } from './team-intake.js';

/** A response that is held back, and the case that it waits for. */
export type HeldBack = Pick<TriagedResponse, 'response' | 'score' | 'rule' | 'ruleSet'> &
  Pick<CaseOfCell, 'kind' | 'priority'> & { readonly case: string; readonly touchpoint?: string };

/** Where and when it gets in: the intake of a team's day, under the rules in force then. */
export interface Day {
  readonly programme: string;
  /** The team's name, or the programme's where its cases have no team. */
  readonly team: string;
  /** Such as 2031-05-05. */
  readonly day: string;
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly rules: CompiledRules;
}

/** @param waiting what may get in: who suits it depends on what its response said */
export function neededToRelease(
  { team, day, at, rules }: Day,
  waiting: readonly Pick<HeldBack, 'response'>[] = [],
): Needs {
  const needed = neededToChoose(team, day, rules.ruleSet.triage?.owner);
  if (!rules.routing) return needed;
  return {
    ...needed,
    streams: waiting.map(({ response }) => streamOf('response', response)),
    next: ({ streams }) => ({ streams: [], ...neededOfCustomers(rules, at, customersIn(streams)) }),
  };
}

/** Lets in as many as the day has room for. @param waiting in the order of the rules. Undefined: no rule lets them in. */
export function releaseByRule(
  waiting: readonly HeldBack[],
  of: Day,
  inputs: Omit<ReactionInputs, 'books'>,
): EffectOn<'intake'> | undefined {
  const { programme, team, day, at, rules } = of;
  const roster = rosterOf(team, inputs);
  const throttle = rules.ruleSet.triage?.throttle;
  if (throttle?.release === undefined || waiting.length === 0) return undefined;
  const command = stated({
    type: 'ReleaseHeldBack' as const,
    team,
    day,
    limit: throttle.perTeamAndDay,
    waiting: waiting.map((one) =>
      asWaiting(one, receivedIn(streamOf('response', one.response), inputs), rules, inputs),
    ),
    roster,
    openCases: inputs.openCases,
    openToday: inputs.openSince,
    offHours: offHoursOf(roster, rules, at),
  });
  return effectOn('intake', intakeId(team, day), command, { programme });
}

type Released = Extract<RecordedEvent, { type: 'ResponseReleased' }>;

/** The day on which a person released it. */
export function dayOfRelease({ data, programme, occurredAt }: Released, books: RuleBooks): Day {
  const rules = books.at(programme, occurredAt);
  if (!rules) throw new Error(`Broken history: ${programme}, whose response was released, has no rules.`);
  return { programme, team: data.team ?? programme, day: occurredAt.slice(0, 10), at: occurredAt, rules };
}

/** Whoever a person releases gets in whether or not there is room, and takes room of the day. */
export function releaseByHand(event: Released, of: Day, inputs: ReactionInputs): EffectOn<'intake'> {
  const { programme, team, day, at, rules } = of;
  const roster = rosterOf(team, inputs);
  const told = inputs.streams.get(event.stream) ?? [];
  const received = receivedIn(event.stream, inputs);
  const triaged = told.find((each) => each.type === 'ResponseTriaged')?.data;
  if (!received || !triaged) throw new Error(`Broken history: ${event.id} releases what was never held back.`);
  const { case: id, priority } = event.data;
  // Held back were cases of these two kinds alone.
  const kind = event.data.kind as CaseOfCell['kind'];
  const heldBack = { ...triaged, case: id, kind, priority, touchpoint: received.touchpoint };
  const command = stated({
    type: 'AllocateIntake' as const,
    ...asWaiting(heldBack, received, rules, inputs),
    team,
    day,
    roster,
    openCases: inputs.openCases,
    openToday: inputs.openSince,
    offHours: offHoursOf(roster, rules, at),
    released: 'person' as const,
  });
  return effectOn('intake', intakeId(team, day), command, { programme });
}

const asWaiting = (
  { response, case: id, touchpoint, kind, priority, score, rule, ruleSet }: HeldBack,
  received: ReceivedResponse | undefined,
  rules: CompiledRules,
  { lastOwners }: Pick<ReactionInputs, 'lastOwners'>,
) =>
  stated({
    response,
    case: id,
    touchpoint,
    lastOwner: received && lastOwners?.get(received.customer),
    decided: {
      outcome: 'case-wanted' as const,
      kind,
      priority,
      score,
      rule,
      ruleSet,
      // The daily limit is the caller's to keep.
      intake: ownerRule({ ...received, touchpoint, kind, priority }, rules),
    },
  });

const receivedIn = (stream: string, { streams }: Pick<ReactionInputs, 'streams'>): ReceivedResponse | undefined =>
  streams.get(stream)?.find((each) => each.type === 'ResponseReceived')?.data;

const customersIn = (streams: ReactionInputs['streams']): readonly string[] => [
  ...new Set([...streams.keys()].flatMap((stream) => receivedIn(stream, { streams })?.customer ?? [])),
];
