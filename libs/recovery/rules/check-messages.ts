import { Liquid } from 'liquidjs';
import type { Check } from './rule-check.js';

/** The variables and filters that messages may use: none reveals what a customer must not know. */
export const MESSAGE_VARIABLES = ['reference', 'owner', 'team', 'touchpoint', 'product', 'order', 'language'] as const;

const FILTERS: ReadonlySet<string> = new Set([
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
  for (const [name, { subject, body }] of Object.entries(messages)) {
    for (const [field, text] of [
      ['subject', subject],
      ['body', body],
    ] as const) {
      if (text === undefined) continue;
      const said = mistakeOf(text, engine);
      if (said) say(['messages', name, field], said.message, said.remedy);
    }
  }
}

function mistakeOf(text: string, engine: Liquid): { readonly message: string; readonly remedy: string } | undefined {
  try {
    const template = engine.parse(text);
    const unknown = engine
      .globalVariablesSync(template)
      .find((variable) => !(MESSAGE_VARIABLES as readonly string[]).includes(variable));
    if (unknown !== undefined)
      return { message: `Messages have no variable "${unknown}".`, remedy: `Known: ${MESSAGE_VARIABLES.join(', ')}.` };
    const filter = [...text.matchAll(/\|\s*([A-Za-z_]\w*)/g)]
      .map(([, one = '']) => one)
      .find((one) => !FILTERS.has(one));
    if (filter !== undefined)
      return { message: `Messages have no filter "${filter}".`, remedy: `Known: ${[...FILTERS].join(', ')}.` };
    return undefined;
  } catch (error) {
    // Liquid's own message names the line within the template.
    if (error instanceof Error)
      return { message: `${error.message.split('\n')[0]}.`, remedy: 'Correct the template there.' };
    throw error;
  }
}
