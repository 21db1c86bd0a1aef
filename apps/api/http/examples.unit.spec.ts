import { expect, test } from '@jest/globals';
import type { TObject } from 'typebox';
import type { DeclaredCommand } from '../../../libs/event-sourcing/declared-command.js';
import { mistakesOf } from '../../../libs/platform/validation/schema.js';
import { AGGREGATES } from '../../../libs/recovery/aggregates.js';
import { ReceiveResponse } from '../../../libs/responses/receive-response.js';
import { ReportFailure } from '../improvement/report-failure.js';
import { DrawSample } from '../improvement/samples.js';
import { QueryDocuments } from '../queries/queries.controller.js';
import { Rehearse } from '../rehearsals/rehearsals.controller.js';
import { ActivateRules, CheckRules, DraftRules, RollBack } from '../rules/rules.controller.js';
import { bodyOf, isRouted } from './command-route.js';

const commands = Object.values(AGGREGATES)
  .flatMap((aggregate): readonly DeclaredCommand[] => aggregate.commands)
  .filter(isRouted)
  // Their ids are not sent: the hash of the rules, and the command's own id, give them.
  .filter(({ type }) => type !== 'DraftRuleSet' && type !== 'RaiseImprovementAction');

const MESSAGES: readonly (readonly [string, TObject])[] = [
  ...commands.map((declared) => [declared.type, bodyOf(declared)] as const),
  ...Object.entries({ ReportFailure, DrawSample, QueryDocuments, ReceiveResponse, Rehearse }),
  ...Object.entries({ ActivateRules, CheckRules, DraftRules, RollBack }),
];

test.each(MESSAGES)('the example of %s is one', (_, message) => {
  const [example] = (message as { readonly examples?: readonly object[] }).examples ?? [];
  expect(example).toBeDefined();
  expect(mistakesOf(message, example)).toEqual([]);
});
