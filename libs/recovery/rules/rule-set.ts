import type { Filter } from '../../filter/filter.js';
import type { Channel } from '../case/case-events.js';
import type { Metric } from '../response/response-events.js';

/**
 * One version of all rules of a programme, as it is written (YAML or JSON) and stored in history. Durations are
 * written as numbers with units: 15m, 1h, 132.47h, 1h30m, 2d (a day is 24 hours). Days are written 2031-05-05.
 */
export interface RuleSet {
  readonly programme: string;
  readonly title: string;
  /** The day by which somebody must have looked at these rules again. */
  readonly reviewBy: string;
  /** What must be said of it wherever it is shown, such as that it is no legal advice. */
  readonly notice?: string;
  /** Owns what no rule and no team gives an owner. */
  readonly fallbackOwner: string;
  readonly calendars: Readonly<Record<string, CalendarRule>>;
  readonly triage?: TriageRules;
  readonly targets: readonly TargetRule[];
  readonly contact?: ContactRules;
  readonly offers?: OfferRules;
  readonly rootCauses?: RootCauseRules;
  readonly approval?: ApprovalRules;
  readonly verification?: VerificationRules;
  /** Liquid templates by name (acknowledgement, progress, closing, ...). */
  readonly messages?: Readonly<Record<string, { readonly subject?: string; readonly body: string }>>;
  /** Suggested steps for a kind of case. */
  readonly playbooks?: Readonly<Record<string, readonly string[]>>;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

export interface CalendarRule {
  /** IANA name. */
  readonly zone: string;
  /** Several intervals a day, "09:00-12:30"; "22:00-06:00" goes on into the next day. 'always' counts all time. */
  readonly hours: 'always' | { readonly [day in Weekday]?: readonly string[] };
  readonly holidays?: readonly string[];
}

/** `nothing`: recorded and left; `respect`: asked for no contact, counted. */
export type TriageAction = 'recover' | 'call-back' | 'respect' | 'nothing';

export interface TriageRules {
  /** At or below (for `ces`, or where the scale asks it, at or above by filter) counts as low. */
  readonly low: { readonly [metric in Metric]?: number };
  readonly cells: {
    readonly low: TriageCells;
    readonly high: TriageCells;
    /** No score at all, such as a complaint; default: as low. */
    readonly none?: TriageCells;
  };
  /** The first whose condition holds overrides what the cell says. Conditions are over the response's fields. */
  readonly overrides?: readonly ({ readonly id: string; readonly when: Filter } & Partial<TriageCell>)[];
  readonly team?: string;
  readonly owner?: 'round-robin' | 'balanced' | 'by-touchpoint';
  /** With owner by-touchpoint. */
  readonly touchpointOwners?: Readonly<Record<string, string>>;
  /** At most this many new cases a team and day; the rest is recorded as held back. */
  readonly throttle?: { readonly perTeamAndDay: number };
  /** Rolled out to a share of customers, to touchpoints, from and until a time; a response outside all stages gets 'nothing'. */
  readonly stages?: readonly {
    readonly id: string;
    readonly percentage?: number;
    readonly touchpoints?: readonly string[];
    readonly from?: string;
    readonly until?: string;
  }[];
}

export interface TriageCells {
  readonly yes: TriageCell;
  readonly no: TriageCell;
  readonly notAnswered: TriageCell;
}

export interface TriageCell {
  readonly do: TriageAction;
  readonly priority?: string;
  readonly team?: string;
}

export interface TargetRule {
  readonly id: string;
  readonly title: string;
  /** Why only a source's own verdict can be shown: nothing is computed then, and the rest below is left out. */
  readonly reportedOnly?: string;
  readonly calendar?: string;
  /** Conditions over the case's facts (case-facts.ts). */
  readonly start?: Filter;
  readonly stop?: Filter;
  readonly pause?: Filter;
  readonly cancel?: Filter;
  /** The first whose condition holds; a case that none fits has no clock for this target. */
  readonly goals?: readonly { readonly when?: Filter; readonly within: string }[];
  /** Working time before due. */
  readonly warnBefore?: string;
  readonly escalateTo?: string;
  /** What becomes of a running clock when its goal, target or calendar changes. Default keep. */
  readonly retarget?: 'keep' | 'restart' | 'pinned';
  /** What a reopened case does. Default first-only. */
  readonly reopen?: 'first-only' | 'restart' | 'resume';
}

export interface ContactRules {
  /** Attempts before the case may be given up as unreachable. */
  readonly tries: number;
  /** Least time between two that count. */
  readonly spacing?: string;
  /** A calendar: attempts count within its hours only. */
  readonly hours?: string;
  readonly channels?: readonly Channel[];
  /** At most `max` attempts within any `days` days. */
  readonly frequencyCap?: { readonly max: number; readonly days: number };
}

export interface OfferRules {
  readonly kinds: readonly string[];
  /** By role: the most, in minor units by currency, for one offer and for all of a case. A currency not named: nothing. */
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
  /** An action must be named with it. */
  readonly actionRequired?: boolean;
  readonly children?: readonly Cause[];
}

export interface RootCauseRules {
  /** Absent: any cause is taken as it is, as a source's records have them. */
  readonly taxonomy?: readonly Cause[];
  /** How recorded causes are read now; first match wins. `when` is over the case's facts (a split by condition). */
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
