import type { Template } from './template.js';
import type { MessageName } from './words.js';

const TO_THE_CUSTOMER: Template = {
  subject: 'Your case {{ reference }}',
  body: 'We look after your case {{ reference }}.',
};

/** What is said where the rules have no words of their own for it. Customers are told nothing then. */
export const OWN_TEXTS: Readonly<Record<MessageName, Template>> = {
  'owner-alert': {
    subject: 'A case for you: {{ reference }}',
    body: 'Case {{ reference }} is yours, {{ owner }}: {{ kind }}, priority {{ priority }}{% if touchpoint != "" %}, about {{ touchpoint }}{% endif %}.',
  },
  'target-warned': {
    subject: 'Due soon: {{ target }} of {{ reference }}',
    body: "Case {{ reference }}, {{ owner }}'s, priority {{ priority }}: {{ target }} is due at {{ dueAt }}.",
  },
  'target-breached': {
    subject: 'Missed: {{ target }} of {{ reference }}',
    body: "Case {{ reference }}, {{ owner }}'s, priority {{ priority }}: {{ target }} was due at {{ dueAt }} and is missed.",
  },
  escalation: {
    subject: 'Escalated: {{ target }} of {{ reference }}',
    body: "Case {{ reference }}, {{ owner }}'s, priority {{ priority }}, is escalated to {{ person }}: {{ target }} was due at {{ dueAt }}.",
  },
  'retry-due': {
    subject: 'Try again: {{ reference }}',
    body: 'The next try to reach the customer of case {{ reference }} is due since {{ dueAt }}.',
  },
  'progress-due': {
    subject: 'Say how it stands: {{ reference }}',
    body: 'The customer of case {{ reference }} is to hear how it stands since {{ dueAt }}.',
  },
  ticket: {
    subject: 'Case {{ reference }}',
    body: 'Case {{ reference }}: {{ kind }}, priority {{ priority }}, owner {{ owner }}.',
  },
  acknowledgement: TO_THE_CUSTOMER,
  progress: TO_THE_CUSTOMER,
  closing: TO_THE_CUSTOMER,
};
