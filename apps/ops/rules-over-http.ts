import type { RunningApp } from '../../libs/platform/stores/running-app.js';
import type { RulesCommand } from '../../libs/recovery/rules/rule-decider.js';
import { Failure } from './failure.js';
import { askApp } from './over-http.js';

/** A command on rules, by the app's routes. */
export async function sendRules(app: RunningApp, command: RulesCommand): Promise<void> {
  const { programme } = command;
  const at = `/v1/rules/${encodeURIComponent(programme)}`;
  switch (command.type) {
    case 'DraftRuleSet':
      await askApp(app, 'POST', `${at}/drafts`, { content: command.content, note: command.note });
      return;
    case 'ApproveRuleSet':
      await askApp(app, 'POST', `${at}/${command.ruleSet}/approve`, { reason: command.reason });
      return;
    case 'ActivateRuleSet':
      await askApp(app, 'POST', `${at}/${command.ruleSet}/activate`, { from: command.from });
      return;
    default:
      throw new Failure(`${command.type} is not sent to a running app. Stop the app, then run it again.`);
  }
}
