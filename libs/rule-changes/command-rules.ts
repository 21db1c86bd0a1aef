import type { Commands, Done } from '../commands/commands.js';
import type { RulesInForce } from '../commands/rules-in-force.js';
import type { Refusal } from '../event-sourcing/decider.js';
import type { Actor } from '../event-sourcing/event.js';
import type { RulesCommand } from '../recovery/rules/rule-decider.js';

/** Who sends a command, under which id, and at which revision of the rules they decided. */
export interface Sent {
  readonly actor: Actor;
  readonly commandId: string;
  readonly expectedRevision?: number;
}

/** Commands that hold nothing but what their caller sent: what is measured on the way differs when it is sent again. */
const AS_SENT: readonly RulesCommand['type'][] = ['DraftRuleSet', 'ApproveRuleSet', 'ReviewRuleSet'];

/** Carries out a command on rules; what it puts in force holds for the next command. */
export async function commandRules(
  { commands, rules }: { readonly commands: Commands; readonly rules: Pick<RulesInForce, 'reload'> },
  command: RulesCommand,
  sent: Sent,
): Promise<Done | Refusal> {
  const { programme } = command;
  const chosen = AS_SENT.includes(command.type) ? { chosenId: true as const } : {};
  const outcome = await commands.execute({ aggregate: 'rules', id: programme, programme, command, ...sent, ...chosen });
  await rules.reload();
  return outcome;
}
