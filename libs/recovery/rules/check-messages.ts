import { Liquid } from 'liquidjs';
import { STAFF_MESSAGES, SYSTEM_MESSAGES } from '../vocabulary/messages.js';
import type { Check } from './rule-check.js';

/** What messages to customers may say: none of it reveals what a customer must not know. */
export const CUSTOMER_VARIABLES = [
  'reference',
  'owner',
  'team',
  'touchpoint',
  'product',
  'order',
  'language',
  'name',
] as const;
/** What messages to those who work here may say beside. */
export const STAFF_VARIABLES = ['case', 'kind', 'status', 'priority', 'person', 'target', 'dueAt'] as const;
/** By name: the messages whose words are for those who work here. */
export const TO_STAFF: ReadonlySet<string> = new Set([...STAFF_MESSAGES, ...SYSTEM_MESSAGES]);

const variablesOf = (name: string): readonly string[] =>
  TO_STAFF.has(name) ? [...CUSTOMER_VARIABLES.filter((one) => one !== 'name'), ...STAFF_VARIABLES] : CUSTOMER_VARIABLES;

export const MESSAGE_FILTERS: ReadonlySet<string> = new Set([
  'upcase',
  'downcase',
  'capitalize',
  'strip',
  'truncate',
  'default',
  'escape',
]);

export function messageProblems({ rules: { messages = {} }, say }: Check): void {
  // Templates can't include files.
  const engine = new Liquid({ strictFilters: true, strictVariables: true, templates: {} });
  for (const [name, { languages = {}, to: _, ...own }] of Object.entries(messages)) {
    const inLanguages = Object.entries(languages).map(([tag, template]) => [['languages', tag], template] as const);
    for (const [at, { subject, body }] of [[[], own] as const, ...inLanguages])
      for (const [field, text] of Object.entries({ subject, body })) {
        const said = text === undefined ? undefined : mistakeOf(text, engine, variablesOf(name));
        if (said) say(['messages', name, ...at, field], said.message, said.remedy);
      }
  }
}

function mistakeOf(
  text: string,
  engine: Liquid,
  variables: readonly string[],
): { readonly message: string; readonly remedy: string } | undefined {
  try {
    const template = engine.parse(text);
    const unknown = engine.globalVariablesSync(template).find((variable) => !variables.includes(variable));
    if (unknown !== undefined)
      return { message: `Messages have no variable "${unknown}".`, remedy: `Known: ${variables.join(', ')}.` };
    const filter = [...text.matchAll(/\|\s*([A-Za-z_]\w*)/g)]
      .map(([, one = '']) => one)
      .find((one) => !MESSAGE_FILTERS.has(one));
    if (filter !== undefined)
      return { message: `Messages have no filter "${filter}".`, remedy: `Known: ${[...MESSAGE_FILTERS].join(', ')}.` };
    return undefined;
  } catch (error) {
    // Liquid's own message names the line within the template.
    if (error instanceof Error)
      return { message: `${error.message.split('\n')[0]}.`, remedy: 'Correct the template there.' };
    throw error;
  }
}
