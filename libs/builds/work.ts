import type { Refusal } from '../event-sourcing/decider.js';
import type { CarriedOut } from '../rehearsal/carry-out.js';
import type { GenerationChoice, GenerationStamp } from '../read-store/read-store.js';
import type { ExpectedDigests } from '../replay/digest/expected.js';
import type { Rehearsal } from '../rehearsal/rehearse.js';
import type { ShareRequest, ShareFound } from '../rehearsal/share.js';
import type { RehearsalRequest } from '../rehearsal/sides.js';
import type { ReportRequest } from '../reports/reports.js';
import type { View } from '../replay/builds/view.js';
import type { BuildWanted, NamedRules } from '../rule-changes/builds.js';
import type { StorePlaces } from '../platform/config/store-places.js';
import type { Damages } from '../platform/stores/find-damages.js';

/** Work over all of history, which a thread of its own does, so that the app goes on serving. */
export interface Works {
  build: {
    readonly input: BuildWanted;
    /** The number of the build, which is ready to be switched to. */
    readonly output: number;
  };
  /** Builds what was rehearsed and approved, and proves that it is that; or says what has moved since. */
  carryOut: {
    readonly input: NamedRules & { readonly at: string };
    readonly output: CarriedOut | Refusal;
  };
  /** Looks for damage in all stores, which reads all that they hold. */
  damages: {
    readonly input: object;
    readonly output: Damages;
  };
  /** Takes the digest of a build; of a large one that lasts. */
  digest: {
    readonly input: { readonly generation: GenerationChoice };
    readonly output: string;
  };
  /** Folds shards up to their positions under the rules of a build, and keeps the digests. */
  expect: {
    readonly input: {
      readonly stamp: GenerationStamp;
      readonly checkpoints: readonly (readonly [shard: number, position: string])[];
      /** Whether requests are served beside it. */
      readonly rests: boolean;
    };
    readonly output: ExpectedDigests;
  };
  rehearse: {
    readonly input: RehearsalRequest & {
      /** Keep it as a plan that can be carried out. */
      readonly recorded: boolean;
      /** Where the thread writes the rehearsal as JSON, and its report as a page: both may be large. */
      readonly file: string;
      readonly page: string;
    };
    readonly output: RehearsedInShort;
  };
  rehearseShare: {
    readonly input: ShareRequest;
    readonly output: ShareFound;
  };
  /** Counts a report of history as it was known at an instant, or under other rules. */
  report: {
    readonly input: ReportRequest & { readonly view: View };
    readonly output: object;
  };
}

/** What the caller of a rehearsal needs at once. */
export type RehearsedInShort = Pick<
  Rehearsal,
  'programme' | 'ruleSet' | 'digestBefore' | 'digestAfter' | 'changedCount' | 'notReversible'
>;

export type WorkName = keyof Works;

/** What a thread is started with, as its workerData. */
export type WorkOrder<N extends WorkName = WorkName> = {
  readonly [Name in N]: { readonly name: Name; readonly places: StorePlaces; readonly input: Works[Name]['input'] };
}[N];

/** What a thread sends back. Errors lose their class on the way, so it sends name and message. */
export type ThreadMessage =
  | { readonly progress: WorkProgress }
  | { readonly done: unknown }
  | { readonly failed: { readonly name: string; readonly message: string; readonly stack?: string } };

export interface WorkProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly events: number;
  readonly eventsPerSecond?: number;
  readonly secondsLeft?: number | undefined;
}
