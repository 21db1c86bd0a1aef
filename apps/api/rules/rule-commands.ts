import { Injectable } from '@nestjs/common';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import type { Sent } from '../http/request-headers.js';

/** Commands on rules; whatever they put in force holds for the next command. */
@Injectable()
export class RuleCommands {
  constructor(
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  async execute(command: RulesCommand, { caller, commandId, expectedRevision }: Sent): Promise<Done | Refusal> {
    const outcome = await this.commands.execute({
      aggregate: 'rules',
      id: command.programme,
      programme: command.programme,
      command,
      actor: { id: caller.name, role: caller.role },
      commandId,
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    });
    await this.rules.reload();
    return outcome;
  }
}

/** @throws Problem naming every mistake by its path, with what to do. */
export function soundRules(content: object): RuleSet {
  const problems = checkRuleSet(content);
  if (problems.length > 0)
    throw invalid(
      problems.map(({ path, message, remedy }) => ({ field: `content.${path}`, message: `${message} ${remedy}` })),
    );
  return content as RuleSet;
}
