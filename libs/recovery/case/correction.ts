import { refuse, type Refusal, through } from '../../event-sourcing/decider.js';
import { fact, type EventOf } from '../../event-sourcing/declared-event.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { isSealed } from '../../event-sourcing/sealed.js';
import { withinAuthority } from '../offer/authority.js';
import type { ResolutionOffered } from '../offer/resolution-offer.js';
import { Anything, Id, identity, noted, Optional, Text, True, type Money } from '../vocabulary/fields.js';
import { SUPERVISORS } from '../vocabulary/roles.js';
import { notOfKind } from '../vocabulary/stored-fields.js';
import { broken } from './broken-history.js';
import type { CaseContext } from './case-context.js';
import type { OpenedCase } from './case-state.js';
import { caseCommand, caseEvent, type CaseEventDeclaration } from './declare.js';

/** An earlier event of this case was wrong. Both stay; what is folded is the corrected fact. */
export const EventCorrected = caseEvent('EventCorrected', {
  fields: {
    corrects: Text(),
    correctsType: Text(),
    /** The whole event did not happen. */
    withdrawn: Optional(True),
    set: Optional(noted(Anything, { description: 'Fields of the corrected event, with their right values' })),
    reason: Text(2_000),
    /** Of a withdrawn opening or merge, so that what counts their cases hears of it. */
    customer: Optional(identity(Text())),
  },
  importable: false,
  restates: { type: 'correctsType', fields: 'set' },
});

export const isCorrection = <E extends Pick<Recorded, 'type'>>(
  event: E,
): event is Extract<E, Recorded> & Recorded<EventOf<typeof EventCorrected>> => event.type === EventCorrected.type;

/**
 * Puts corrected facts in the place of wrong ones and leaves out withdrawn events. In the order recorded, in and out.
 * @throws BrokenHistory on a correction of an event that is not there.
 */
export function asCorrected<E extends Recorded>(events: readonly E[]): readonly E[] {
  const facts = new Map<string, E>();
  for (const event of events) {
    facts.set(event.id, event);
    if (!isCorrection(event)) continue;
    const { corrects, withdrawn, set } = event.data;
    const wrong = facts.get(corrects);
    if (!wrong) throw broken(event, `corrects ${corrects}, which it has not`);
    if (withdrawn) facts.delete(corrects);
    // `set` was checked against the corrected event's fields when the correction was decided.
    else facts.set(corrects, { ...wrong, data: { ...wrong.data, ...set } });
  }
  return [...facts.values()];
}

/** A wrong fact is named and put right by a later one; both stay in the history. */
export const CorrectEvent = caseCommand('CorrectEvent', {
  is: 'intention',
  comes: {
    path: 'corrections',
    roles: SUPERVISORS,
    says: 'Correct an earlier event of this case; both stay in history',
    example: {
      corrects: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d',
      set: { outcome: 'voicemail' },
      reason: 'Nobody answered',
    },
  },
  fields: { corrects: Id, withdrawn: Optional(True), set: Optional(Anything), reason: Text(2_000) },
  decide({ corrects, withdrawn, set, reason }, state, context, { events, declarationOf }) {
    const recorded = events().find(({ id }) => id === corrects);
    if (!recorded)
      return refuse(
        'corrected-event-not-found',
        `This case has no event ${corrects}.`,
        'Take the id from its timeline: GET /v1/cases/{id}/timeline.',
        'corrects',
      );
    if (isCorrection(recorded))
      return refuse(
        'correction-of-correction',
        'This event is a correction itself.',
        through('Correct the event that it corrects once more instead.', 'CorrectEvent'),
        'corrects',
      );
    const known = asCorrected(events());
    const wrong = known.find(({ id }) => id === corrects);
    if (!wrong) {
      if (withdrawn) return [];
      return refuse(
        'withdrawn-already',
        'That event was withdrawn.',
        'Record what did happen as a new one.',
        'corrects',
      );
    }
    if ((withdrawn === undefined) === (set === undefined))
      return refuse(
        'correction-unclear',
        'A correction withdraws the event, or sets its fields right.',
        'Send one of the two: withdrawn, or set.',
      );
    if (reason.trim() === '')
      return refuse('reason-of-correction-missing', 'A correction has a reason.', 'Say what was wrong.', 'reason');
    const obstacle = withdrawn
      ? needed(wrong, known)
      : (unfit(wrong, set ?? {}, declarationOf(wrong.type)) ?? unauthorised(wrong, set ?? {}, state, context));
    if (obstacle) return obstacle;
    if (set && Object.entries(set).every(([field, value]) => same(fieldOf(wrong, field), value))) return [];
    const customer = withdrawn && customerIn(wrong);
    return [fact(EventCorrected, { corrects, correctsType: wrong.type, withdrawn, set, reason, customer })];
  },
});

/** Whose case an event opens or merges. */
export const customerIn = (event: Recorded): string | undefined => {
  const customer = fieldOf(event, 'customer');
  return typeof customer === 'string' ? customer : undefined;
};

/** Why the case can't do without this event. */
function needed(wrong: Recorded, known: readonly Recorded[]): Refusal | undefined {
  if (wrong.type === 'CaseOpened')
    return refuse(
      'opening-stands',
      'The opening of a case can’t be withdrawn.',
      through('Merge the case, or give it up.', ['MergeCase', 'GiveUpCase']),
      'corrects',
    );
  const reference = wrong.type === 'ResolutionOffered' ? 'offer' : wrong.type === 'ReSurveySent' ? 'survey' : undefined;
  const later =
    reference && known.find((e) => e.id !== wrong.id && fieldOf(e, reference) === fieldOf(wrong, reference));
  if (!later) return undefined;
  return refuse(
    'others-speak-of-it',
    `${later.type} ${later.id} speaks of it.`,
    through('Withdraw that one first.', 'CorrectEvent'),
    'corrects',
  );
}

type Corrected = Readonly<Record<string, unknown>>;

/** Why these fields can't be set so. */
function unfit({ type }: Recorded, set: Corrected, { data, personal = [] }: CaseEventDeclaration): Refusal | undefined {
  for (const [name, value] of Object.entries(set)) {
    const field = Object.hasOwn(data.properties, name) ? data.properties[name] : undefined;
    if (!field)
      return refuse(
        'correction-of-unknown-field',
        `${type} has no "${name}".`,
        `Set one that it has: ${Object.keys(data.properties).join(', ')}.`,
        `set.${name}`,
      );
    if ('x-identity' in field)
      return refuse(
        'identity-stands',
        `"${name}" says which one it is and stays as it is.`,
        'Set other fields, or withdraw the event and record it anew.',
        `set.${name}`,
      );
    if (personal.includes(name)) {
      if (isSealed(value) && Object.values(value).every((part) => typeof part === 'string')) continue;
      return refuse(
        'personal-field-stands',
        `"${name}" holds a person's words.`,
        'Withdraw the event and record it anew.',
        `set.${name}`,
      );
    }
    const kind = notOfKind(field, value);
    if (kind !== undefined)
      return refuse(
        'correction-of-another-kind',
        `This is no value of "${name}".`,
        `Set it to ${kind}.`,
        `set.${name}`,
      );
  }
  return undefined;
}

/** Why an offer can't come to stand so: what its maker and its corrector may not offer themselves is offered anew. */
function unauthorised(
  wrong: Recorded,
  set: Corrected,
  { offers }: OpenedCase,
  { actor, rules }: CaseContext,
): Refusal | undefined {
  if (!isOffer(wrong)) return undefined;
  if (wrong.data.needsAuthority && set['needsAuthority'] === false)
    return refuse(
      'authority-stands',
      'An offer beyond its maker’s authority waits for a supervisor.',
      through('Have it authorised.', 'AuthoriseOffer', { offer: wrong.data.offer }),
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
    'So much may neither its maker nor you offer.',
    through('Withdraw the offer, and make it anew to be authorised.', ['CorrectEvent', 'OfferResolution']),
    'set.value',
  );
}

const isOffer = (event: Recorded): event is Recorded<EventOf<typeof ResolutionOffered>> =>
  event.type === 'ResolutionOffered';

const fieldOf = (event: Recorded, field: string): unknown =>
  Object.entries(event.data).find(([name]) => name === field)?.[1];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
