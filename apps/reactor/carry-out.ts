import type { Commands } from '../../libs/commands/commands.js';
import type { Effect } from '../../libs/reactions/effect.js';

/** What must happen, because of which event. */
export interface Errand {
  readonly reaction: string;
  readonly event: string;
  readonly correlationId: string;
  /** The same each time: what was done is not done again. */
  readonly commandId: string;
  readonly effect: Effect;
}

/** Has an effect decided and recorded, as the reaction's own doing. */
export function carryOut(
  commands: Pick<Commands, 'execute'>,
  { reaction, event, correlationId, commandId, effect }: Errand,
): ReturnType<Commands['execute']> {
  const { aggregate, id, command, programme, shardKey, stream } = effect;
  return commands.execute({
    aggregate,
    id,
    command,
    programme,
    ...(shardKey === stream ? {} : { customer: shardKey }),
    actor: { id: reaction, role: 'system' },
    commandId,
    correlationId,
    causationId: event,
  });
}
