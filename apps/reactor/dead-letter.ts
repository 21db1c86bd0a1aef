import type { Effect } from '../../libs/reactions/effect.js';

/** What could not be carried out, kept until an operator sends it again. */
export interface DeadLetter {
  readonly reaction: string;
  readonly event: { readonly id: string; readonly stream: string; readonly revision: number };
  readonly correlationId: string;
  /** The effect's command, or the event's id where the reaction itself failed and there is no effect. */
  readonly commandId: string;
  readonly effect?: Effect;
  readonly error: string;
  readonly at: string;
}

export const DEAD_LETTERS = 'dead-letter/';
export const keyOfLetter = ({ reaction, commandId }: Pick<DeadLetter, 'reaction' | 'commandId'>): string =>
  `${DEAD_LETTERS}${reaction}/${commandId}`;
