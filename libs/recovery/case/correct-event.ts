import { refuse, type Decision } from '../../event-sourcing/decider.js';
import { isSealed } from '../../event-sourcing/sealed.js';
import { EVENT_FIELDS } from '../event-fields.js';
import { DECLARATIONS } from '../history.js';
import type { Money } from '../vocabulary/money.js';
import { withinAuthority } from '../offer/authority.js';
import { stated } from '../../event-sourcing/stated.js';
import type { CaseCommandOf } from './case-commands.js';
import type { CaseContext } from './case-context.js';
import type { CaseEvent } from './case-events.js';
import { eventsOf, type CaseFile, type OpenedCase, type RecordedCaseEvent } from './case-state.js';
import { asCorrected } from './correction.js';
import { kindOf } from './field-kinds.js';

/** What others refer to, and what the stream's place and share hang on, is never set anew. */
const IDENTITY = ['case', 'customer', 'offer', 'survey', 'cycle', 'response', 'failure'];

/** A wrong fact is named and put right by a later one; both stay in the history. */
export function correctEvent(
  { corrects, withdrawn, set, reason }: CaseCommandOf<'CorrectEvent'>,
  { file }: OpenedCase,
  context: CaseContext,
): Decision<CaseEvent> {
  const events = eventsOf(file.trail);
  const recorded = events.find(({ id }) => id === corrects);
  if (!recorded)
    return refuse(
      'corrected-event-not-found',
      `This case has no event ${corrects}. Take the id from its timeline.`,
      'corrects',
    );
  if (recorded.type === 'EventCorrected')
    return refuse('correction-of-correction', 'Correct the event that it corrects once more instead.', 'corrects');
  const known = asCorrected(events);
  const wrong = known.find(({ id }) => id === corrects);
  if (!wrong) {
    if (withdrawn) return [];
    return refuse('withdrawn-already', 'That event was withdrawn. Record what did happen as a new one.', 'corrects');
  }
  if ((withdrawn === undefined) === (set === undefined))
    return refuse('correction-unclear', 'Either withdraw the event, or set its fields right: one of the two.');
  if (reason.trim() === '') return refuse('reason-of-correction-missing', 'Say what was wrong.', 'reason');
  const obstacle = withdrawn
    ? needed(wrong, known)
    : (unfit(wrong, set ?? {}) ?? unauthorised(wrong, set ?? {}, file, context));
  if (obstacle) return obstacle;
  if (set && Object.entries(set).every(([field, value]) => same(fieldOf(wrong, field), value))) return [];
  return [{ type: 'EventCorrected', data: stated({ corrects, correctsType: wrong.type, withdrawn, set, reason }) }];
}

/** Why the case can't do without this event. */
function needed(wrong: RecordedCaseEvent, known: readonly RecordedCaseEvent[]) {
  if (wrong.type === 'CaseOpened')
    return refuse(
      'opening-stands',
      'The opening of a case can’t be withdrawn. Merge the case, or give it up.',
      'corrects',
    );
  const reference = wrong.type === 'ResolutionOffered' ? 'offer' : wrong.type === 'ReSurveySent' ? 'survey' : undefined;
  const later =
    reference && known.find((e) => e.id !== wrong.id && fieldOf(e, reference) === fieldOf(wrong, reference));
  if (!later) return undefined;
  return refuse('others-speak-of-it', `${later.type} ${later.id} speaks of it. Withdraw that one first.`, 'corrects');
}

/** Why these fields can't be set so. */
function unfit(wrong: RecordedCaseEvent, set: Readonly<Record<string, unknown>>) {
  const fields = Object.keys(EVENT_FIELDS[wrong.type]);
  for (const [field, value] of Object.entries(set)) {
    if (!fields.includes(field))
      return refuse(
        'correction-of-unknown-field',
        `${wrong.type} has no "${field}". It has: ${fields.join(', ')}.`,
        `set.${field}`,
      );
    if (IDENTITY.includes(field))
      return refuse('identity-stands', `"${field}" says which one it is and stays as it is.`, `set.${field}`);
    if (DECLARATIONS[wrong.type].personal?.includes(field)) {
      if (isSealed(value) && Object.values(value).every((part) => typeof part === 'string')) continue;
      return refuse(
        'personal-field-stands',
        `"${field}" holds a person's words. Withdraw the event and record it anew.`,
        `set.${field}`,
      );
    }
    const { says, holds } = kindOf(wrong.type, field);
    if (!holds(value)) return refuse('correction-of-another-kind', `"${field}" must be ${says}.`, `set.${field}`);
  }
  return undefined;
}

/** Why an offer can't come to stand so: what its maker and its corrector may not offer themselves is offered anew. */
function unauthorised(
  wrong: RecordedCaseEvent,
  set: Readonly<Record<string, unknown>>,
  { offers }: CaseFile,
  { actor, rules }: CaseContext,
) {
  if (wrong.type !== 'ResolutionOffered') return undefined;
  if (wrong.data.needsAuthority && set['needsAuthority'] === false)
    return refuse(
      'authority-stands',
      'An offer beyond its maker’s authority waits for a supervisor. Have it authorised.',
      'set.needsAuthority',
    );
  const offer = offers.find(({ id }) => id === wrong.data.offer);
  if (set['value'] === undefined || offer?.standing === 'pending') return undefined;
  const value = set['value'] as Money; // its kind was checked
  const { value: before } = wrong.data;
  if (before?.currency === value.currency && value.amount <= before.amount) return undefined;
  const others = offers.filter((made) => made !== offer);
  if ([wrong.actor.role, actor.role].some((role) => withinAuthority(role, value, others, rules))) return undefined;
  return refuse(
    'correction-beyond-authority',
    'So much may neither its maker nor you offer. Withdraw the offer, and make it anew to be authorised.',
    'set.value',
  );
}

const fieldOf = (event: RecordedCaseEvent, field: string): unknown =>
  Object.entries(event.data).find(([name]) => name === field)?.[1];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
