import { refuse, type Decision } from '../../event-sourcing/decider.js';
import { idOf } from '../../event-sourcing/identity.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { inWork, recordedBy, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import { stated } from '../../event-sourcing/stated.js';
import { withinAuthority } from './authority.js';

export function offerResolution(
  { offer: named, kind, value, description }: CaseCommandOf<'OfferResolution'>,
  state: OpenedCase,
  { actor, commandId, rules }: CaseContext,
): Decision<CaseEvent> {
  const { file } = state;
  const offer = named ?? idOf('offer', file.case, commandId);
  if (recordedBy(file, commandId) || file.offers.some(({ id }) => id === offer)) return [];
  if (!inWork(state)) return notInWork(state);
  const kinds = rules?.ruleSet.offers?.kinds;
  if (kinds && !kinds.includes(kind))
    return refuse(
      'offer-kind-unknown',
      `The rules know no offer of kind "${kind}". Choose of: ${kinds.join(', ')}.`,
      'kind',
    );
  if (value && !(Number.isSafeInteger(value.amount) && value.amount >= 0))
    return refuse(
      'amount-not-in-minor-units',
      `An amount is a whole number of minor units (cents), 0 or more, not ${value.amount}.`,
      'value.amount',
    );
  const needsAuthority = !withinAuthority(actor.role, value, file.offers, rules);
  return [{ type: 'ResolutionOffered', data: stated({ offer, kind, value, description, needsAuthority }) }];
}

/** A supervisor takes responsibility for an offer that was beyond its maker, within an authority of their own. */
export function authoriseOffer(
  { offer: id }: CaseCommandOf<'AuthoriseOffer'>,
  state: OpenedCase,
  { actor, rules }: CaseContext,
): Decision<CaseEvent> {
  const offer = state.file.offers.find((made) => made.id === id);
  if (!offer) return unknownOffer(id);
  if (offer.standing === 'stands') return [];
  if (!inWork(state)) return notInWork(state);
  if (actor.role !== 'supervisor')
    return refuse('authority-is-a-supervisors', 'Only a supervisor authorises an offer. Ask yours.');
  if (offer.offeredBy === actor.id)
    return refuse('own-offer', 'Nobody authorises an offer of their own. Ask another supervisor.');
  const others = state.file.offers.filter((made) => made !== offer);
  if (!withinAuthority(actor.role, offer.value, others, rules))
    return refuse(
      'beyond-supervisors-authority',
      'With what the case was offered already, this is beyond a supervisor’s authority as well. Offer less.',
    );
  return [{ type: 'OfferAuthorised', data: { offer: id } }];
}

/** Customers answer when they like, after the case is closed too; no answer may turn into one. */
export function answerOffer(
  { offer: id, answer }: CaseCommandOf<'AnswerOffer'>,
  { file }: OpenedCase,
): Decision<CaseEvent> {
  const offer = file.offers.find((made) => made.id === id);
  if (!offer) return unknownOffer(id);
  if (offer.answer === answer) return [];
  if (offer.standing === 'pending')
    return refuse(
      'offer-not-authorised',
      'The offer stands only once a supervisor authorises it. Have that done first.',
    );
  if (offer.answer !== undefined && offer.answer !== 'no-answer')
    return refuse(
      'offer-answered-already',
      `The offer was ${offer.answer} already. Correct that answer if it is wrong.`,
    );
  return [{ type: 'OfferAnswered', data: { offer: id, answer } }];
}

const unknownOffer = (id: string) => refuse('offer-not-found', `This case has no offer ${id}. Check its id.`, 'offer');
