import type { RunningApp } from '../../../libs/platform/stores/running-app.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import { Failure } from '../failure.js';
import { askApp } from '../over-http.js';
import type { ActivatedOverThePast, RolledBack } from '../../../libs/rule-changes/rule-changes.js';

/** A command on rules, by the app's routes. */
export async function sendRules(app: RunningApp, command: RulesCommand, as?: string): Promise<void> {
  refuseOtherName(as);
  const { programme } = command;
  const at = `/v1/rules/${encodeURIComponent(programme)}`;
  switch (command.type) {
    case 'DraftRuleSet':
      await askApp(app, 'POST', '/v1/rules/drafts', { content: command.content, note: command.note });
      return;
    case 'ApproveRuleSet':
      await askApp(app, 'POST', `${at}/${command.ruleSet}/approve`, { reason: command.reason });
      return;
    default:
      throw new Failure(`${command.type} is not sent to a running app. Stop the app, then run it again.`);
  }
}

interface Activation {
  readonly programme: string;
  readonly ruleSet: string;
  readonly from: string | undefined;
  readonly overThePast: boolean;
  readonly as: string | undefined;
}

export async function activateOverHttp(app: RunningApp, { as, ...asked }: Activation): Promise<ActivatedOverThePast> {
  refuseOtherName(as);
  const { programme, ruleSet, from, overThePast } = asked;
  const path = `/v1/rules/${encodeURIComponent(programme)}/${ruleSet}/activate`;
  const body = overThePast ? { overThePast } : { from };
  return { ...(await askApp<ActivatedOverThePast>(app, 'POST', path, body)), programme, ruleSet };
}

export async function rollBackOverHttp(
  app: RunningApp,
  { programme, reason, as }: { readonly programme: string; readonly reason: string; readonly as: string | undefined },
): Promise<RolledBack> {
  refuseOtherName(as);
  return askApp<RolledBack>(app, 'POST', `/v1/rules/${encodeURIComponent(programme)}/rollback`, { reason });
}

/** Whose key it is, acts. @throws Failure */
function refuseOtherName(as: string | undefined): void {
  if (as === undefined) return;
  throw new Failure(
    'Beside a running app whoever holds the key in AMENDS_KEY acts: leave out --as, and use their key.',
  );
}
