import { expect, test } from '@jest/globals';
import { CASE_ROUTES } from '../cases/case-routes.js';
import * as improvement from '../improvement/improvement-messages.js';
import { QueryDocuments } from '../queries/query-messages.js';
import { Rehearse } from '../rehearsals/rehearsal-messages.js';
import { ReceiveResponse } from '../../../libs/responses/receive-response.js';
import * as rules from '../rules/rule-messages.js';
import { exampleOf } from '../../../libs/platform/validation/example.js';
import { mistakesOf, type Message } from '../../../libs/platform/validation/schema.js';

const MESSAGES: readonly Message<object>[] = [
  ...CASE_ROUTES.map(({ message }) => message),
  ...Object.values(improvement),
  ...Object.values(rules),
  QueryDocuments,
  ReceiveResponse,
  Rehearse,
];

test.each([...new Set(MESSAGES)].map((message) => [message.name, message] as const))(
  'the example of %s is one',
  (_, message) => {
    const example = exampleOf(message);
    expect(example).toBeDefined();
    expect(mistakesOf(message, example)).toEqual([]);
  },
);
