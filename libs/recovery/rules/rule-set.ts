import type { Filter } from '../../filter/filter.js';
import type { Channel, ReleaseOrder, ToldBy } from '../vocabulary/words.js';
import type { Metric } from '../vocabulary/scales.js';

/**
 * One version of all rules of a programme, as people write it (YAML or JSON) and as history stores it. Durations are
 * numbers with units: 15m, 1h, 132.47h, 1h30m, 2d (a day is 24 hours, in a calendar 24 working hours). Days are such as
 * 2031-05-05.
 */
export interface RuleSet {
  readonly programme: string;
  readonly title: string;
  /** The day by which somebody must review these rules. */
  readonly reviewBy: string;
  /** A notice to show with the rules, such as that they are no legal advice. */
  readonly notice?: string;
  /** Owns the cases that no rule and no team gives an owner. */
  readonly fallbackOwner: string;
  readonly calendars: Readonly<Record<string, CalendarRule>>;
  readonly triage?: TriageRules;
  readonly targets: readonly TargetRule[];
  /** What stands first in the queue: the most urgent, then what is due first; or what is due first. Default priority. */
  readonly queueOrder?: 'priority' | 'due';
  readonly contact?: ContactRules;
  readonly progress?: ProgressRules;
  readonly offers?: OfferRules;
  readonly rootCauses?: RootCauseRules;
  readonly approval?: ApprovalRules;
  readonly verification?: VerificationRules;
  /** By name: acknowledgement, closing, owner-alert, ... */
  readonly messages?: Readonly<Record<string, MessageRule>>;
  /** Suggested steps for a kind of case. */
  readonly playbooks?: Readonly<Record<string, readonly string[]>>;
}

/** Liquid templates. */
export interface MessageRule {
  readonly subject?: string;
  readonly body: string;
  /** Names of destinations of the settings, instead of those that the settings choose. */
  readonly to?: readonly string[];
  /** By BCP 47 tag, such as de or pt-BR: for whoever speaks it. */
  readonly languages?: Readonly<Record<string, { readonly subject?: string; readonly body: string }>>;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface CalendarRule {
  /** IANA name. */
  readonly zone: string;
  /** Intervals such as "09:00-12:30", several a day; "22:00-06:00" closes on the next day. 'always' counts all time. */
  readonly hours: 'always' | { readonly [day in Weekday]?: readonly string[] };
  /** Days off, and days whose usual hours are replaced by others: half holidays. */
  readonly holidays?: readonly (string | DayHours)[];
  /** Days that are worked although their weekday is not. */
  readonly workdays?: readonly DayHours[];
}

export interface DayHours {
  readonly day: string;
  readonly hours: readonly string[];
}

/** `nothing`: only record it; `respect`: the customer wants no contact, count it. */
export type TriageAction = 'recover' | 'call-back' | 'respect' | 'nothing';

export interface TriageRules {
  /** A score at or below it counts as low. */
  readonly low: { readonly [metric in Metric]?: number };
  readonly cells: {
    readonly low: TriageCells;
    readonly high: TriageCells;
    /** For responses without a score, such as complaints; default: `low`. */
    readonly none?: TriageCells;
  };
  /** The first override whose condition holds replaces the cell. Conditions are over the response's fields. */
  readonly overrides?: readonly ({ readonly id: string; readonly when: Filter } & Partial<TriageCell>)[];
  readonly team?: string;
  readonly owner?: 'round-robin' | 'balanced' | 'by-touchpoint';
  /** With owner by-touchpoint. */
  readonly touchpointOwners?: Readonly<Record<string, string>>;
  readonly routing?: RoutingRules;
  readonly throttle?: ThrottleRule;
  /** Rolls out to a share of customers, to touchpoints, for a time. A response outside all stages gets 'nothing'. */
  readonly stages?: readonly {
    readonly id: string;
    readonly percentage?: number;
    readonly touchpoints?: readonly string[];
    readonly from?: string;
    readonly until?: string;
  }[];
}

/** Who suits which case. Conditions are over kind, priority, touchpoint, product, language and tags. */
export interface RoutingRules {
  /** Whoever is named for such a case gets it, if they can take it: the first that holds, whoever's turn it is. */
  readonly owners?: readonly { readonly when: Filter; readonly owner: string }[];
  /** Its owner has the skill; all that hold are needed. */
  readonly skills?: readonly { readonly when: Filter; readonly skill: string }[];
  /** The owner speaks the customer's language: always, or if somebody who does has room. */
  readonly language?: 'required' | 'preferred';
  /** The owner works now, by the calendar that the team names for them: always, or if somebody who does has room. */
  readonly workingNow?: 'required' | 'preferred';
  /** Whoever owned the customer's last case gets the next one, if anything happened in it so recently. */
  readonly lastOwner?: { readonly within: string };
  /** What becomes of the cases that somebody who leaves the team works on. Default keep. */
  readonly onLeaving?: 'keep' | 'hand-on';
  /** What an open case weighs by its priority, with owner balanced. Default 1. */
  readonly weights?: Readonly<Record<string, number>>;
}

/**
 * The most new cases for each team and day; the others are held back and recorded. Whoever asked to be contacted is held
 * back only if `holdsBackYes` says so.
 */
export interface ThrottleRule {
  readonly perTeamAndDay: number;
  readonly holdsBackYes?: boolean;
  /** How those held back get in when a day has room. Without it only a person releases them. */
  readonly release?: {
    readonly order: ReleaseOrder;
    /** What is older expires; counted from when the response occurred. */
    readonly within: string;
  };
}

/** By the answer to "may we contact you?"; older rule sets say notAnswered. */
export type TriageCells = { readonly yes: TriageCell; readonly no: TriageCell } & (
  | { readonly 'not-answered': TriageCell; readonly notAnswered?: undefined }
  | { readonly notAnswered: TriageCell; readonly 'not-answered'?: undefined }
);

export interface TriageCell {
  readonly do: TriageAction;
  readonly priority?: string;
  readonly team?: string;
}

export interface TargetRule {
  readonly id: string;
  readonly title: string;
  /** Why only a source's verdict can be shown. Such a target computes nothing and leaves out the fields below. */
  readonly reportedOnly?: string;
  /**
   * A clock for each message of the customer: it starts with the first that we have not answered, and our answer stops it.
   * Such a target has no start, stop and onReturn. Default: one clock for each cycle of the case.
   */
  readonly each?: 'customer-message';
  readonly calendar?: string;
  /** Conditions over the case's facts (case-facts.ts). */
  readonly start?: Filter;
  readonly stop?: Filter;
  readonly pause?: Filter;
  readonly cancel?: Filter;
  /**
   * The first goal whose condition holds applies. Without one a case has no clock for this target. Also in whole working
   * days: 2wd lasts until the same local time two working days on.
   */
  readonly goals?: readonly { readonly when?: Filter; readonly within: string }[];
  /** Working time or working days before due. */
  readonly warnBefore?: string;
  /** The same as one level without `after`. */
  readonly escalateTo?: string;
  /** Who is told of a clock that goes on past due, level by level, from the first on. */
  readonly escalation?: readonly EscalationLevel[];
  /** How a running clock follows a change of its goal, target or calendar. Default keep. */
  readonly retarget?: 'keep' | 'restart' | 'pinned';
  /** How a reopened case continues. Default first-only. */
  readonly reopen?: 'first-only' | 'restart' | 'resume';
  /**
   * A promise that is past due when its goal changes: it stays missed, or only the last goal counts. Default stays-missed,
   * and follows-goal for a change that a source's file reports.
   */
  readonly pastDue?: 'stays-missed' | 'follows-goal';
  /**
   * How a stopped clock goes on when the stop condition no longer holds in the same cycle, such as after a return from
   * review: `resume` leaves out the time in between, `continue` counts it, `keep` lets the first stop count. Default resume.
   */
  readonly onReturn?: 'resume' | 'continue' | 'keep';
}

export interface EscalationLevel {
  /** Working time past due, more than that of the level before. Default: none, as soon as it is breached. */
  readonly after?: string;
  /** A role or a person. */
  readonly to: string;
  readonly by?: ToldBy;
  /** A condition over the case's facts, as they are when the level is due. */
  readonly when?: Filter;
}

export interface ContactRules {
  /** Attempts before somebody may give the case up as unreachable. */
  readonly tries: number;
  /** The least time between two attempts that count. */
  readonly spacing?: string;
  /** A calendar: only attempts within its hours count. */
  readonly hours?: string;
  readonly channels?: readonly Channel[];
  /** At most `max` attempts within any `days` days. */
  readonly frequencyCap?: { readonly max: number; readonly days: number };
}

/** How often the customer hears of their case until the work is handed in. */
export interface ProgressRules {
  /** The longest time between two messages; in a calendar, working time. */
  readonly every: string;
  readonly calendar?: string;
}

export interface OfferRules {
  readonly kinds: readonly string[];
  /** The limits of each role for one offer and for a whole case, in minor units by currency. An absent currency is 0. */
  readonly authority: Readonly<
    Record<
      string,
      { readonly perOffer: Readonly<Record<string, number>>; readonly perCase: Readonly<Record<string, number>> }
    >
  >;
}

export interface Cause {
  readonly code: string;
  readonly title?: string;
  /** Whoever records this cause must name an action. */
  readonly actionRequired?: boolean;
  readonly children?: readonly Cause[];
}

export interface RootCauseRules {
  /** Absent: any cause is valid, as in a source's records. */
  readonly taxonomy?: readonly Cause[];
  /** Maps recorded causes; the first match wins. `when` is over the case's facts, to split a cause. */
  readonly mapped?: readonly {
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly when?: Filter;
  }[];
}

export interface ApprovalRules {
  readonly fourEyes: boolean;
  readonly requires?: readonly ('root-cause' | 'contact' | 'offer' | 'customer-answer')[];
}

export interface VerificationRules {
  readonly reSurveyAfter?: string;
  readonly coolDown?: string;
  /** 0 to 1. */
  readonly sampleRate?: number;
  readonly strata?: 'owner' | 'team';
  readonly seed?: string;
}
