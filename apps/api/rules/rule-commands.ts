import { Injectable } from '@nestjs/common';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import { commandRules } from '../../../libs/rule-changes/command-rules.js';
import { sentBy, type Sent } from '../http/request-headers.js';

@Injectable()
export class RuleCommands {
  constructor(
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  execute(command: RulesCommand, sent: Sent): Promise<Done | Refusal> {
    const { commands, rules } = this;
    return commandRules({ commands, rules }, command, sentBy(sent));
  }
}
