import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { fact, type EventOf, type RecordedOf } from '../../event-sourcing/declared-event.js';
import { stated } from '../../event-sourcing/stated.js';
import { CaseAssigned } from '../handover/ownership.js';
import type { ReceivedResponse } from '../response/response-events.js';
import { given, identity, OneOf, Optional, otherwise, Text, Texts } from '../vocabulary/fields.js';
import { ASSIGNED_BY, FALLBACK_REASONS } from '../vocabulary/words.js';
import { NEW_CYCLE } from './case-facts.js';
import type { CaseContext } from './case-context.js';
import type { OpenedCase } from './case-state.js';
import { caseCommand, caseEvent } from './declare.js';

const fields = {
  case: given(identity(Text())),
  customer: given(identity(Text())),
  /** What is to be done: 'recover', 'call-back', or a kind that the rule set names. */
  kind: Text(),
  priority: Text(),
  team: Optional(Text()),
  response: Optional(given(identity(Text()))),
  failure: Optional(identity(Text())),
  /** A source's own number for it, such as INC0000045. */
  reference: Optional(Text()),
  touchpoint: Optional(Text()),
  product: Optional(Text()),
  order: Optional(Text()),
  agent: Optional(Text()),
  language: Optional(Text()),
  tags: otherwise([], Texts(50)),
  /** Content hash of the rule set that opened it; absent when a source's record did. */
  ruleSet: Optional(given(Text())),
};

/** A case begins with it. */
export const CaseOpened = caseEvent('CaseOpened', { fields });
type Opening = EventOf<typeof CaseOpened>['data'];

export const opened = ({ data, occurredAt }: RecordedOf<typeof CaseOpened>): OpenedCase => ({
  case: data.case,
  customer: data.customer,
  openedAt: occurredAt,
  workers: [],
  attempts: [],
  offers: [],
  escalations: [],
  reSurveys: [],
  tickets: [],
  repliesDue: 0,
  // All cases have the same fields from the start, in one order: folds are faster so.
  alertedOwner: undefined,
  cause: undefined,
  customerOutcome: undefined,
  pausedUntil: undefined,
  pausedBy: undefined,
  givenUpBecause: undefined,
  approvedAt: undefined,
  mergedInto: undefined,
  facts: {
    ...NEW_CYCLE,
    kind: data.kind,
    priority: data.priority,
    team: data.team ?? null,
    owner: null,
    touchpoint: data.touchpoint ?? null,
    product: data.product ?? null,
    language: data.language ?? null,
    tags: data.tags,
    cycle: 1,
    unanswered: 0,
  },
});

export const OpenCase = caseCommand('OpenCase', {
  is: 'intention',
  comes: { inside: 'Triage opens cases, by the rules.' },
  fields: {
    ...fields,
    /** Without one the programme's fallback owner takes it: a case has an owner from its first second. */
    owner: Optional(Text()),
    assignedBy: Optional(OneOf(ASSIGNED_BY)),
    because: Optional(OneOf(FALLBACK_REASONS)),
  },
  decide({ case: id, customer }, state) {
    if (customer === state.customer) return [];
    return refuse('case-opened-already', `Case ${id} was opened for another customer.`, 'Use another id.', 'case');
  },
});

/** Opened and owned in one append: no crash in between can leave a case that nobody has. */
export function openCase(
  { type: _, owner: named, assignedBy, because, ...opening }: CommandOf<typeof OpenCase>,
  { rules }: CaseContext,
): Decision<EventOf<typeof CaseOpened | typeof CaseAssigned>> {
  const owner = named ?? rules?.ruleSet.fallbackOwner;
  if (owner === undefined)
    return refuse(
      'owner-missing',
      'No owner is named, and the programme has no rules with a fallback owner.',
      'Name one.',
      'owner',
    );
  const by = assignedBy ?? (named === undefined ? 'programme-fallback' : 'person');
  return [fact(CaseOpened, opening), fact(CaseAssigned, { owner, team: opening.team, by, because })];
}

/** What a case keeps of the response it is opened for. */
export function openedFor(
  { response, customer, touchpoint, product, order, agent, language, tags, failure }: ReceivedResponse,
  opening: Pick<Opening, 'case' | 'kind' | 'priority' | 'team' | 'ruleSet'>,
): Opening {
  return stated({ ...opening, customer, response, touchpoint, product, order, agent, language, failure, tags });
}
