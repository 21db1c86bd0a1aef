import type { RuleSet } from '../../recovery/rules/rule-set.js';
import type { Progress } from '../../replay/rebuild.js';

/** Work over all of history, done in a thread of its own so that what is served goes on: what is asked, what comes of it. */
export interface Works {
  build: {
    readonly asked: {
      readonly reason: string;
      /** These rules instead of their programme's, since ever. */
      readonly ruleSet?: RuleSet;
    };
    /** The generation, ready to be switched to. */
    readonly done: number;
  };
}

export type WorkName = keyof Works;

/** How a thread is started: by its workerData. */
export interface WorkOrder<N extends WorkName = WorkName> {
  readonly name: N;
  readonly folder: string;
  readonly asked: Works[N]['asked'];
}

/** What a thread says. Errors lose their class on the way, so they are told by name and message. */
export type Said =
  | { readonly progress: Progress }
  | { readonly done: unknown }
  | { readonly failed: { readonly name: string; readonly message: string; readonly stack?: string } };
