import { refuse, type Refusal } from '../event-sourcing/decider.js';
import type { CaseFacts } from '../recovery/case/case-facts.js';
import { inWork, type OpenedCase } from '../recovery/case/case-state.js';
import type { ContactMe } from '../recovery/vocabulary/words.js';
import type { Row } from './row.js';

/** What is known of the customer whom a message is for. */
export interface CustomerKnown {
  readonly isForgotten: boolean;
  /** Their answer to "may we contact you?", where a response opened the case. */
  readonly contactMe: ContactMe | undefined;
}

type Asked = Pick<Row, 'message' | 'person' | 'resentAt'>;

/** Why a message must not be sent, or need not be any more. @param customer of messages to them */
export function whyNot(row: Asked, state: OpenedCase, customer: CustomerKnown | undefined): Refusal | undefined {
  if (state.mergedInto !== undefined)
    return refuse('case-merged', `The case was merged into ${state.mergedInto}.`, 'People are told of that one.');
  return (customer && leaveAlone(state, customer)) ?? (row.resentAt === undefined ? outdated(row, state) : undefined);
}

/** No operator sends to whoever must be left alone. */
function leaveAlone({ facts, attempts }: OpenedCase, { isForgotten, contactMe }: CustomerKnown): Refusal | undefined {
  if (isForgotten) return refuse('customer-forgotten', 'The customer was forgotten.', 'Leave them alone.');
  if (contactMe === 'no')
    return refuse('no-contact-wanted', 'The customer asked not to be contacted.', 'Leave them alone.');
  if (attempts.some(({ cycle, outcome }) => cycle === facts.cycle && outcome === 'refused'))
    return refuse('contact-refused', 'The customer refused contact.', 'Leave them alone.');
  return undefined;
}

/** What the message tells of is no longer so, or was told by somebody else. */
function outdated({ message, person }: Asked, { facts, alertedOwner }: OpenedCase): Refusal | undefined {
  switch (message) {
    case 'owner-alert':
      if (facts.owner !== person)
        return refuse('owner-changed', `The case is ${facts.owner}'s by now.`, 'They are told instead.');
      return alertedOwner === person ? toldAlready(`${person} was alerted`) : undefined;
    case 'acknowledgement':
      return facts.acknowledged ? toldAlready('The customer was told that we have the case') : undefined;
    case 'progress':
      if (!inWork(facts)) return refuse('not-in-work', `The case is ${facts.status}.`, 'There is no progress to tell.');
      return answerFirst(facts);
    case 'closing':
      if (facts.status !== 'approved')
        return refuse('not-approved', `The case is ${facts.status} again.`, 'The customer is told after its approval.');
      return facts.informed ? toldAlready('The customer was told what was done') : answerFirst(facts);
    case 'target-warned':
    case 'target-breached':
    case 'escalation':
    case 'retry-due':
    case 'progress-due':
    case 'ticket':
      return undefined;
  }
}

/** Only a person answers a customer: no template may count as an answer. */
const answerFirst = ({ unanswered }: CaseFacts): Refusal | undefined =>
  unanswered === 0
    ? undefined
    : refuse(
        'unanswered',
        'The customer wrote and waits for an answer.',
        'Have a person answer, and say this with it.',
      );

const toldAlready = (what: string): Refusal => refuse('told-already', `${what} already.`, 'Nothing is left to send.');
