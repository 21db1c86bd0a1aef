import type { Commands } from '../../libs/commands/commands.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { carryOut, type Errand } from './carry-out.js';

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
