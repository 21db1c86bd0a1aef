// Stored for good: a new meaning is a new event, a new shape is an upcast.

/** On `improvement-{id}`: what is changed so that a cause stops recurring. */
export type ImprovementEvent =
  | {
      type: 'ImprovementActionRaised';
      data: { improvement: string; cause: readonly string[]; owner: string; dueOn: string; change: string };
    }
  | { type: 'ImprovementActionCompleted'; data: { improvement: string; outcome: string } };
