import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Liquid } from 'liquidjs';
import { parse } from 'yaml';
import { OWN_TEXTS } from '../libs/outbound/texts.js';
import { TELLING } from '../libs/outbound/which-messages.js';
import { MESSAGES } from '../libs/outbound/words.js';
import { STAFF_MESSAGES, SYSTEM_MESSAGES } from '../libs/recovery/vocabulary/messages.js';
import { readDestinations } from '../libs/platform/config/destinations.js';
import {
  CUSTOMER_VARIABLES,
  MESSAGE_FILTERS,
  STAFF_VARIABLES,
  TO_STAFF,
} from '../libs/recovery/rules/check-messages.js';
import { DECLARATIONS } from '../libs/recovery/history.js';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/operators/messages.md'), 'utf8');
const [destinations = '', words = ''] = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block);

test('the page has every message, variable and filter, and no other', () => {
  const rows = (header: string): readonly string[] => {
    const [, table = ''] = PAGE.split(`\n| ${header} |`);
    const first =
      table
        .split('\n\n')[0]
        ?.split('\n')
        .slice(2)
        .map((line) => line.split('|')[1] ?? '') ?? [];
    return first.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one));
  };
  expect(rows('message | when | to | then history records').toSorted()).toEqual([...MESSAGES].toSorted());
  const variables = [...CUSTOMER_VARIABLES, ...STAFF_VARIABLES];
  expect(rows('variable | is | in messages to').toSorted()).toEqual(variables.toSorted());
  const filters = /^Filters: (.*)\.$/m.exec(PAGE)?.[1]?.replaceAll('`', '').split(', ');
  expect(filters?.toSorted()).toEqual([...MESSAGE_FILTERS].toSorted());
});

test('its destinations are valid', () => {
  const env = { CRM_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', SMTP_URL: 'smtp://m', SMTP_FROM: 'a@b.org' };
  expect(readDestinations({ AMENDS_DESTINATIONS: destinations, ...env })).toMatchObject({
    mistakes: [],
    destinations: [{ name: 'crm' }, { name: 'care-chat' }, { name: 'ana' }, { name: 'customers' }],
  });
});

test('its words, and those that Amends has of its own, use known variables alone', () => {
  const engine = new Liquid();
  const { messages } = parse(words) as { messages: { acknowledgement: { body: string } } };
  const known: readonly string[] = [...CUSTOMER_VARIABLES, ...STAFF_VARIABLES];
  const used = [...Object.values(OWN_TEXTS), messages.acknowledgement]
    .flatMap(({ body, subject = '' }: { body: string; subject?: string | undefined }) => [body, subject])
    .flatMap((text) => engine.globalVariablesSync(engine.parse(text)));
  expect(used.filter((one) => !known.includes(one))).toEqual([]);
});

test('every event that leads to a message is declared', () => {
  expect(TELLING.filter((type) => !Object.hasOwn(DECLARATIONS, type))).toEqual([]);
});

test('rules and outbox agree on which messages are for staff', () => {
  expect([...TO_STAFF].toSorted()).toEqual([...STAFF_MESSAGES, ...SYSTEM_MESSAGES].toSorted());
});
