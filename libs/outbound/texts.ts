import type { Template } from './template.js';
import type { MessageName } from './words.js';

/** What is said where the rules have no words of their own for it. */
export const OWN_TEXTS: Readonly<Record<MessageName, Template>> = {
  'owner-alert': {
    subject: 'A case for you: {{ reference }}',
    body: 'Case {{ reference }} is yours, {{ owner }}: {{ kind }}, priority {{ priority }}{% if touchpoint != "" %}, about {{ touchpoint }}{% endif %}.',
  },
};
