import { Injectable } from '@nestjs/common';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import type { Refusal } from '../../../libs/event-sourcing/decider.js';
import { invalid, type FieldMistake } from '../../../libs/platform/problem/problem.js';
import { checkRuleSet } from '../../../libs/recovery/rules/check-rule-set.js';
import { parseRuleSet, type ParsedRuleSet } from '../../../libs/recovery/rules/parse-rule-set.js';
import type { RuleProblem } from '../../../libs/recovery/rules/rule-problem.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import type { Sent } from '../http/request-headers.js';

/** Commands that hold nothing but what their caller sent. */
const AS_SENT: readonly RulesCommand['type'][] = ['DraftRuleSet', 'ApproveRuleSet', 'ReviewRuleSet'];

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
      // What is measured while it is carried out comes out otherwise when it is sent again.
      ...(AS_SENT.includes(command.type) ? { chosenId: true as const } : {}),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    });
    await this.rules.reload();
    return outcome;
  }
}

/** @throws Problem naming every mistake by its path, in a text also by its line, with how to right it. */
export function soundRules({ content, text }: { readonly content?: object; readonly text?: string }): RuleSet {
  if ((content === undefined) === (text === undefined))
    throw invalid([{ field: 'content', message: 'must be given, or text: one of the two' }]);
  const problems = text === undefined ? checkRuleSet(content) : parseRuleSet(text).problems;
  if (problems.length > 0) throw invalid(problems.map((problem) => mistakeOf(problem, text)));
  return text === undefined ? (content as RuleSet) : sound(parseRuleSet(text));
}

const mistakeOf = ({ path, message, ...where }: RuleProblem, text: string | undefined): FieldMistake => ({
  field: text === undefined ? `content.${path}` : path,
  message,
  ...where,
});

function sound({ ruleSet }: ParsedRuleSet): RuleSet {
  if (ruleSet === undefined) throw new Error('A rule set without problems is a rule set.');
  return ruleSet;
}
