import { stated } from '../event-sourcing/stated.js';
import { intakeId } from '../recovery/aggregates.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { CompiledRules } from '../recovery/rules/compile.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { TriagedResponse } from '../recovery/response/response-events.js';
import type { CaseOfCell } from '../recovery/triage/triage.js';
import { effectOn, type EffectOn, type Needs, type ReactionInputs } from './effect.js';
import { neededToChoose, rosterOf, withoutLimit } from './team-intake.js';

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
  readonly rules: CompiledRules;
}

export const neededToRelease = ({ team, day, rules }: Day): Needs => neededToChoose(team, day, withoutLimit(rules));

/** Lets in as many as the day has room for. @param waiting in the order of the rules. Undefined: no rule lets them in. */
export function releaseByRule(
  waiting: readonly HeldBack[],
  of: Day,
  inputs: Pick<ReactionInputs, 'streams' | 'openCases'>,
): EffectOn<'intake'> | undefined {
  const { programme, team, day, rules } = of;
  const throttle = rules.ruleSet.triage?.throttle;
  if (throttle?.release === undefined || waiting.length === 0) return undefined;
  const command = stated({
    type: 'ReleaseHeldBack' as const,
    team,
    day,
    limit: throttle.perTeamAndDay,
    waiting: waiting.map((one) => asWaiting(one, rules)),
    roster: rosterOf(team, inputs),
    openCases: inputs.openCases,
  });
  return effectOn('intake', intakeId(team, day), command, { programme });
}

type Released = Extract<RecordedEvent, { type: 'ResponseReleased' }>;

/** The day on which a person released it. */
export function dayOfRelease({ data, programme, occurredAt }: Released, books: RuleBooks): Day {
  const rules = books.at(programme, occurredAt);
  if (!rules) throw new Error(`Broken history: ${programme}, whose response was released, has no rules.`);
  return { programme, team: data.team ?? programme, day: occurredAt.slice(0, 10), rules };
}

/** Whoever a person releases gets in whether or not there is room, and takes room of the day. */
export function releaseByHand(event: Released, of: Day, inputs: ReactionInputs): EffectOn<'intake'> {
  const { programme, team, day, rules } = of;
  const told = inputs.streams.get(event.stream) ?? [];
  const received = told.find((each) => each.type === 'ResponseReceived')?.data;
  const triaged = told.find((each) => each.type === 'ResponseTriaged')?.data;
  if (!received || !triaged) throw new Error(`Broken history: ${event.id} releases what was never held back.`);
  const { case: id, priority } = event.data;
  // Held back were cases of these two kinds alone.
  const kind = event.data.kind as CaseOfCell['kind'];
  const heldBack = { ...triaged, case: id, kind, priority, touchpoint: received.touchpoint };
  const command = stated({
    type: 'AllocateIntake' as const,
    ...asWaiting(heldBack, rules),
    team,
    day,
    roster: rosterOf(team, inputs),
    openCases: inputs.openCases,
    released: 'person' as const,
  });
  return effectOn('intake', intakeId(team, day), command, { programme });
}

const asWaiting = (
  { response, case: id, touchpoint, kind, priority, score, rule, ruleSet }: HeldBack,
  rules: CompiledRules,
) =>
  stated({
    response,
    case: id,
    touchpoint,
    decided: { outcome: 'case-wanted' as const, kind, priority, score, rule, ruleSet, intake: withoutLimit(rules) },
  });
