import { fact } from '../../event-sourcing/declared-event.js';
import { refuse, through } from '../../event-sourcing/decider.js';
import { idOf } from '../../event-sourcing/identity.js';
import { stated } from '../../event-sourcing/stated.js';
import { breaking, Breaches } from '../case/breaches.js';
import { changed, inWork, worked, type Offer, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import { Flag, given, identity, Money, OneOf, Optional, otherwise, Personal, Text } from '../vocabulary/fields.js';
import { SUPERVISORS, WORKERS } from '../vocabulary/roles.js';
import { OFFER_ANSWERS } from '../vocabulary/words.js';
import { withinAuthority } from './authority.js';

/** Which offer it is. */
const offer = given(identity(Text()));

export const ResolutionOffered = caseEvent('ResolutionOffered', {
  fields: {
    offer,
    kind: Text(),
    value: Optional(Money),
    description: Optional(Personal),
    /** Beyond the authority of who offered it: it stands only once a supervisor authorises it. */
    needsAuthority: otherwise(false, Flag),
  },
  apply: (state, { actor, data: { offer: id, kind, value, needsAuthority } }) => {
    const standing = needsAuthority ? 'pending' : 'stands';
    const made: Offer = stated({ id, cycle: state.facts.cycle, kind, value, offeredBy: actor.id, standing });
    return worked(state, actor.id, { offered: true }, { offers: [...state.offers, made] });
  },
});

export const OfferResolution = caseCommand('OfferResolution', {
  is: 'intention',
  comes: {
    path: 'offers',
    roles: WORKERS,
    says: 'Offer the customer something; beyond authority it waits for a supervisor',
    example: { offer: 'refund-1', kind: 'refund', value: { amount: 4900, currency: 'EUR' } },
  },
  fields: {
    /** Made from the case and the command's id where the caller names none. */
    offer: Optional(Text()),
    kind: Text(),
    value: Optional(Money),
    description: Optional(Personal),
  },
  decide({ offer: named, kind, value, description }, state, { actor, commandId, rules }) {
    const { facts, offers } = state;
    const id = named ?? idOf('offer', state.case, commandId);
    if (offers.some((made) => made.id === id)) return [];
    if (!inWork(facts)) return notInWork(facts);
    const kinds = rules?.ruleSet.offers?.kinds;
    if (kinds && !kinds.includes(kind))
      return refuse(
        'offer-kind-unknown',
        `The rules know no offer of kind "${kind}".`,
        `Choose of: ${kinds.join(', ')}.`,
        'kind',
      );
    if (value && !(Number.isSafeInteger(value.amount) && value.amount >= 0))
      return refuse(
        'amount-not-in-minor-units',
        `${value.amount} is no amount.`,
        'Send a whole number of minor units (cents), 0 or more.',
        'value.amount',
      );
    const needsAuthority = !withinAuthority(actor.role, value, offers, rules);
    return [fact(ResolutionOffered, { offer: id, kind, value, description, needsAuthority })];
  },
});

export const OfferAuthorised = caseEvent('OfferAuthorised', {
  fields: { offer },
  contradicts: (state, data) => neverMade(state, data),
  apply: (state, { actor, data }) =>
    worked(state, actor.id, {}, { offers: withOffer(state, data.offer, { standing: 'stands' }) }),
});

/** A supervisor takes responsibility for an offer that was beyond its maker, within an authority of their own. */
export const AuthoriseOffer = caseCommand('AuthoriseOffer', {
  is: 'intention',
  comes: {
    path: 'offers/{offer}/authorisation',
    roles: SUPERVISORS,
    says: 'Authorise an offer beyond the authority of who made it',
    example: {},
  },
  fields: { offer: Text() },
  decide({ offer: id }, { facts, offers }, { actor, rules }) {
    const pending = offers.find((made) => made.id === id);
    if (!pending) return unknownOffer(id);
    if (pending.standing === 'stands') return [];
    if (!inWork(facts)) return notInWork(facts);
    if (actor.role !== 'supervisor')
      return refuse(
        'authority-is-a-supervisors',
        'Only a supervisor authorises an offer.',
        through('Ask yours.', 'AuthoriseOffer'),
      );
    if (pending.offeredBy === actor.id)
      return refuse(
        'own-offer',
        'Nobody authorises an offer of their own.',
        through('Ask another supervisor.', 'AuthoriseOffer'),
      );
    const others = offers.filter((made) => made !== pending);
    if (!withinAuthority(actor.role, pending.value, others, rules))
      return refuse(
        'beyond-supervisors-authority',
        'With what the case was offered already, this is beyond a supervisor’s authority as well.',
        through('Have a supervisor withdraw the event that made it, and offer less.', [
          'CorrectEvent',
          'OfferResolution',
        ]),
      );
    return [fact(OfferAuthorised, { offer: id })];
  },
});

export const OfferAnswered = caseEvent('OfferAnswered', {
  fields: { offer, answer: OneOf(OFFER_ANSWERS), breaches: Breaches },
  contradicts: (state, data) => neverMade(state, data),
  apply: (state, { data: { offer: id, answer } }) =>
    changed(state, { offerAnswer: answer }, { offers: withOffer(state, id, { answer }) }),
});

/** Customers answer when they like: after the case is closed, before anybody authorised the offer, and another time. */
export const AnswerOffer = caseCommand('AnswerOffer', {
  is: 'fact',
  comes: {
    path: 'offers/{offer}/answer',
    roles: WORKERS,
    says: "Record the customer's answer to an offer",
    example: { answer: 'accepted' },
  },
  fields: { offer: Text(), answer: OneOf(OFFER_ANSWERS) },
  decide({ offer: id, answer }, { offers }) {
    const made = offers.find((one) => one.id === id);
    if (!made) return unknownOffer(id);
    if (made.answer === answer) return [];
    const answered = made.answer !== undefined && made.answer !== 'no-answer';
    if (answered && answer === 'no-answer')
      return refuse(
        'offer-answered-already',
        `The offer was ${made.answer}, so there was an answer.`,
        through('If that is wrong, have a supervisor correct it.', 'CorrectEvent'),
      );
    const broken = breaking(
      made.standing === 'pending' ? 'offer-not-authorised' : undefined,
      answered ? 'offer-answered-already' : undefined,
    );
    return [fact(OfferAnswered, { offer: id, answer, ...broken })];
  },
});

const unknownOffer = (id: string) =>
  refuse('offer-not-found', `This case has no offer ${id}.`, 'Check its id: the case names its offers.', 'offer');

const withOffer = ({ offers }: OpenedCase, id: string, change: Partial<Offer>): readonly Offer[] =>
  offers.map((made) => (made.id === id ? { ...made, ...change } : made));

const neverMade = ({ offers }: OpenedCase, { offer: id }: { readonly offer: string }): string | undefined =>
  offers.some((made) => made.id === id) ? undefined : `speaks of offer ${id}, never made`;
