import type { Refusal } from '../event-sourcing/decider.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';
import type { GenerationChoice } from '../read-store/read-store.js';
import type { Rehearsal } from '../rehearsal/rehearse.js';
import type { ShareAsked, ShareFound } from '../rehearsal/share.js';
import type { RehearsalAsked } from '../rehearsal/sides.js';
import type { ReportAsked } from '../reports/reports.js';
import type { View } from '../replay/builds/view.js';
import type { BuildWanted, NamedRules } from '../rule-changes/builds.js';
import type { StorePlaces } from '../platform/config/store-places.js';

/** Work over all of history, done in a thread of its own so that what is served goes on: what is asked, what comes of it. */
export interface Works {
  build: {
    readonly asked: BuildWanted;
    /** The generation, ready to be switched to. */
    readonly done: number;
  };
  /** What was rehearsed and approved, built and proved to be that; or what has moved since. */
  carryOut: {
    readonly asked: NamedRules & { readonly at: string };
    readonly done: CarriedOut | Refusal;
  };
  /** Of a build as it is now; the digest of a large one takes its time. */
  digest: {
    readonly asked: { readonly generation: GenerationChoice };
    readonly done: string;
  };
  rehearse: {
    readonly asked: RehearsalAsked & {
      /** Keep it as a plan that can be carried out. */
      readonly recorded: boolean;
      /** Where the rehearsal goes, as JSON, and its report as a page: both may be large. */
      readonly file: string;
      readonly page: string;
    };
    readonly done: RehearsedInShort;
  };
  rehearseShare: {
    readonly asked: ShareAsked;
    readonly done: ShareFound;
  };
  /** What a report says of history as it was known at an instant, or under other rules. */
  report: {
    readonly asked: ReportAsked & { readonly view: View };
    readonly done: object;
  };
}

/** Of a rehearsal what its caller needs at once. */
export type RehearsedInShort = Pick<
  Rehearsal,
  'programme' | 'ruleSet' | 'digestBefore' | 'digestAfter' | 'changedCount' | 'notReversible'
>;

export type WorkName = keyof Works;

/** How a thread is started: by its workerData. */
export type WorkOrder<N extends WorkName = WorkName> = {
  readonly [Name in N]: { readonly name: Name; readonly places: StorePlaces; readonly asked: Works[Name]['asked'] };
}[N];

/** What a thread says. Errors lose their class on the way, so they are told by name and message. */
export type Said =
  | { readonly progress: BesideProgress }
  | { readonly done: unknown }
  | { readonly failed: { readonly name: string; readonly message: string; readonly stack?: string } };

export interface BesideProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
  readonly eventsPerSecond?: number;
  readonly secondsLeft?: number | undefined;
}
