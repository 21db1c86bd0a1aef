import type { Recorded } from '../event-sourcing/event.js';
import { CASE_EVENTS, type CaseEvent } from '../recovery/case/case.js';
import type { RecordedEvent } from '../recovery/history.js';

export const CASE_EVENT_TYPES: readonly CaseEvent['type'][] = CASE_EVENTS.map(({ type }) => type);

type Evolve<Fact, Inputs> = {
  readonly [T in CaseEvent['type']]: (
    fact: Fact | undefined,
    event: Recorded<Extract<CaseEvent, { type: T }>>,
    inputs: Inputs,
  ) => Fact | undefined;
};

/** One function for whatever happens to a case: for read models that ask the domain what an event means. */
export const onEachCaseEvent = <Fact extends object, Inputs>(
  evolve: (fact: Fact | undefined, event: RecordedEvent & Recorded<CaseEvent>, inputs: Inputs) => Fact | undefined,
): Evolve<Fact, Inputs> => Object.fromEntries(CASE_EVENT_TYPES.map((type) => [type, evolve])) as Evolve<Fact, Inputs>;
