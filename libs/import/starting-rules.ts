import { isRefusal } from '../event-sourcing/decider.js';
import type { Actor } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import type { EventStore } from '../event-store/event-store.js';
import { handle } from '../event-store/handle.js';
import { DECLARATIONS } from '../recovery/history.js';
import { rulesDecider, type RulesCommand } from '../recovery/rules/rule-decider.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';

export interface StartingRules {
  readonly ruleSet: RuleSet;
  readonly hash: string;
  readonly now: string;
  readonly actor: Actor;
}

/**
 * Activates a mapping's pack for a programme without rules. The commands have the same ids in every run, so after a
 * crash, run it again.
 */
export async function startRules(events: EventStore, { ruleSet, hash, now, actor }: StartingRules): Promise<void> {
  const { programme, title } = ruleSet;
  const commands: readonly RulesCommand[] = [
    { type: 'DraftRuleSet', programme, ruleSet: hash, content: ruleSet },
    { type: 'ApproveRuleSet', programme, ruleSet: hash, reason: `Starting rules of the programme: ${title}` },
    { type: 'ActivateRuleSet', programme, ruleSet: hash },
  ];
  for (const command of commands) {
    const stream = `rules-${programme}`;
    const done = await handle(events, rulesDecider, {
      stream,
      command,
      context: { now, actor, commandId: idOf(stream, 'start', hash, command.type), operators: 1 },
      declarations: DECLARATIONS,
      envelope: { programme, shardKey: stream },
    });
    if (isRefusal(done)) throw new Error(`The starting rules of ${programme} can't come into force: ${done.because}`);
  }
}
