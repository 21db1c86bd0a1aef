import type { OwnRequest } from '../../libs/commands/command-request.js';
import type { Commands } from '../../libs/commands/commands.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import type { Effect } from '../../libs/reactions/effect.js';

/** An effect to carry out, and the event that caused it. */
export interface Errand {
  readonly reaction: string;
  readonly event: string;
  readonly correlationId: string;
  /** The same each time, so that the command takes effect once. */
  readonly commandId: string;
  readonly effect: Effect;
}

/** What effects are carried out by. */
export type CarriedOutBy = Pick<Commands, 'execute' | 'executeInTurn'>;

/** Executes an effect's command, with the reaction as the actor. */
export const carryOut = (commands: Pick<Commands, 'execute'>, errand: Errand): ReturnType<Commands['execute']> =>
  commands.execute(requestOf(errand));

/** Executes the commands of effects on one stream with one append. */
export const carryOutInTurn = (
  commands: CarriedOutBy,
  errands: readonly Errand[],
): ReturnType<Commands['executeInTurn']> => commands.executeInTurn(errands.map(requestOf));

const requestOf = ({ reaction, event, correlationId, commandId, effect }: Errand): OwnRequest => ({
  ...ownRequest(reaction, effect, commandId),
  correlationId,
  causationId: event,
});

/** A command of our own that no event caused. @param by what Amends does by itself */
export function ownRequest(by: string, effect: Effect, commandId: string): OwnRequest {
  const { shardKey, stream } = effect;
  return {
    ...effect,
    customer: shardKey === stream ? undefined : shardKey,
    actor: { id: by, role: 'system' },
    commandId,
  };
}

/** Carries out a dead letter under the same ids. Resolves to the refusal, if any. @throws what still fails */
export async function resend(
  errands: readonly Errand[],
  commands: Pick<Commands, 'execute'>,
): Promise<Refusal | undefined> {
  for (const errand of errands) {
    const outcome = await carryOut(commands, errand);
    if (isRefusal(outcome)) return outcome;
  }
  return undefined;
}
