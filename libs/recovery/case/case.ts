import { GrowingSet } from '../fast/growing-set.js';
import { isRefusal, refuse, type Decider, type Decision, through } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { EventOf } from '../../event-sourcing/declared-event.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { byOccurrence } from '../../event-sourcing/occurrence.js';
import { ApproveCase, CaseApproved, CaseReturned, ReturnCase } from '../approval/review.js';
import { CaseSubmitted, SubmitCase } from '../approval/submission.js';
import { ContactAttempted, LogContactAttempt } from '../contact/contact-attempts.js';
import {
  AcknowledgeCase,
  CaseAcknowledged,
  CustomerInformed,
  InformCustomer,
  ProgressUpdateSent,
  SendProgressUpdate,
} from '../contact/customer-messages.js';
import { CaseGivenUp, GiveUpCase } from '../contact/giving-up.js';
import { CustomerMessageReceived, RecordCustomerMessage } from '../contact/replies.js';
import {
  CustomerKept,
  CustomerLost,
  RecordCustomerKept,
  RecordCustomerLost,
  RecordSale,
  SaleRecorded,
} from '../customer/customer-outcome.js';
import { CaseEscalated, EscalateCase } from '../handover/escalation.js';
import {
  AssignCase,
  CaseAssigned,
  CaseHandedOff,
  HandOffCase,
  HandOnCase,
  OwnerAlerted,
  RecordOwnerAlert,
} from '../handover/ownership.js';
import { CaseMerged, MergeCase } from '../merge/merge.js';
import { AddNote, NoteAdded } from '../notes/notes.js';
import {
  AnswerOffer,
  AuthoriseOffer,
  OfferAnswered,
  OfferAuthorised,
  OfferResolution,
  ResolutionOffered,
} from '../offer/resolution-offer.js';
import { afterPause, CasePaused, CaseResumed, PauseCase, EndPause, ResumeCase } from '../pause/pause.js';
import { CasePriorityChanged, ChangePriority } from '../priority/priority.js';
import { CaseReopened, ReopenCase } from '../reopen/reopening.js';
import { IdentifyRootCause, RootCauseIdentified } from '../root-cause/root-cause.js';
import { LinkTicket, TicketLinked } from '../ticket/ticket.js';
import { CallbackRecorded, RecordCallback } from '../verification/callback.js';
import { AnswerReSurvey, ReSurveyAnswered, ReSurveySent, SendReSurvey } from '../verification/re-survey.js';
import { broken, BrokenHistory } from './broken-history.js';
import type { CaseContext } from './case-context.js';
import { eventsOf, type CaseState, type OpenedCase } from './case-state.js';
import { caseAsRead, changesReading } from './case-reading.js';
import { CorrectEvent, EventCorrected } from './correction.js';
import type { CaseCommandDeclaration, CaseEventDeclaration } from './declare.js';
import { CaseOpened, openCase, OpenCase, opened } from './opening.js';
import { VerdictReported } from './verdict-reported.js';

/** Whatever can happen to a case. Each event stands in the file of its rule, with what it makes of the case. */
export const CASE_EVENTS = [
  CaseOpened,
  CaseAssigned,
  OwnerAlerted,
  CaseAcknowledged,
  ContactAttempted,
  CustomerMessageReceived,
  ProgressUpdateSent,
  ResolutionOffered,
  OfferAuthorised,
  OfferAnswered,
  CasePaused,
  CaseResumed,
  CaseHandedOff,
  CaseEscalated,
  RootCauseIdentified,
  CaseSubmitted,
  CaseApproved,
  CaseReturned,
  CaseGivenUp,
  CasePriorityChanged,
  CaseReopened,
  CaseMerged,
  CustomerInformed,
  NoteAdded,
  SaleRecorded,
  CustomerLost,
  CustomerKept,
  TicketLinked,
  VerdictReported,
  CallbackRecorded,
  ReSurveySent,
  ReSurveyAnswered,
  EventCorrected,
] as const;

/** Whatever can be asked of a case. Each command stands in the file of its rule, with what decides it. */
export const CASE_COMMANDS = [
  OpenCase,
  AssignCase,
  RecordOwnerAlert,
  AcknowledgeCase,
  LogContactAttempt,
  RecordCustomerMessage,
  SendProgressUpdate,
  OfferResolution,
  AuthoriseOffer,
  AnswerOffer,
  PauseCase,
  ResumeCase,
  EndPause,
  HandOffCase,
  HandOnCase,
  EscalateCase,
  IdentifyRootCause,
  SubmitCase,
  ApproveCase,
  ReturnCase,
  GiveUpCase,
  ChangePriority,
  ReopenCase,
  MergeCase,
  InformCustomer,
  AddNote,
  RecordSale,
  RecordCustomerLost,
  RecordCustomerKept,
  LinkTicket,
  RecordCallback,
  SendReSurvey,
  AnswerReSurvey,
  CorrectEvent,
] as const;

export type CaseEvent = EventOf<(typeof CASE_EVENTS)[number]>;
export type CaseEventOf<T extends CaseEvent['type']> = Extract<CaseEvent, { type: T }>;
export type RecordedCaseEvent = Recorded<CaseEvent>;
export type CaseCommand = CommandOf<(typeof CASE_COMMANDS)[number]>;

const byType = <D extends { readonly type: string }>(declared: readonly D[]): ReadonlyMap<string, D> =>
  new Map(declared.map((one) => [one.type, one]));
const EVENTS = byType<CaseEventDeclaration>(CASE_EVENTS);
const COMMANDS = byType<CaseCommandDeclaration>(CASE_COMMANDS);

const declared = <D>(of: ReadonlyMap<string, D>, type: string): D => {
  const found = of.get(type);
  if (found) return found;
  throw new Error(`${type} is not declared for a case.`);
};
const declarationOf = (type: string): CaseEventDeclaration => declared(EVENTS, type);

/**
 * The case after one more event; events of other streams and a second opening change nothing. Deciders, clocks and read
 * models all fold cases with it, over the events as `caseAsRead` gives them. It folds whatever a source may say of an
 * opened case, such as an approval without a submission. Undefined until the opening is known.
 */
export function evolveCase(state: OpenedCase | undefined, event: Recorded): OpenedCase | undefined {
  const known = EVENTS.get(event.type);
  if (known === undefined) return state;
  if (known === CaseOpened) return state ?? opened(event as Recorded<CaseEventOf<'CaseOpened'>>);
  if (!state) return undefined;
  const then = afterPause(state, event.occurredAt);
  return known.apply ? known.apply(then, event as never) : then;
}

/**
 * The same, for whoever decides on a case or adds to it.
 * @throws BrokenHistory on an event before CaseOpened, or one that contradicts the case: an answer to no offer
 */
export function evolveStrictly(state: OpenedCase | undefined, event: Recorded): OpenedCase | undefined {
  const known = EVENTS.get(event.type);
  if (known && known !== CaseOpened && !state) throw broken(event, 'before CaseOpened');
  const contradiction = state && known?.contradicts?.(state, event.data as never);
  if (contradiction !== undefined) throw broken(event, contradiction);
  return evolveCase(state, event);
}

function evolve({ now, trail: before, commands = GrowingSet.empty }: CaseState, event: RecordedCaseEvent): CaseState {
  const trail = { event, latest: latestOf(before?.latest, event), ...(before && { before }) };
  const isReadAgain = before !== undefined && changesReading(event, before.latest);
  return {
    now: isReadAgain ? folded(eventsOf(trail)) : evolveStrictly(now, event),
    trail,
    commands: commands.with(event.commandId),
  };
}

const latestOf = (latest: Recorded | undefined, event: Recorded): Recorded =>
  latest && byOccurrence(latest, event) > 0 ? latest : event;

/** All of the history again, as it is known now. */
const folded = (events: readonly Recorded[]): OpenedCase | undefined =>
  caseAsRead(events).reduce<OpenedCase | undefined>(evolveStrictly, undefined);

function decide(command: CaseCommand, { now, trail, commands }: CaseState, context: CaseContext): Decision<CaseEvent> {
  if (!now) {
    if (command.type === 'OpenCase') return openCase(command, context);
    return refuse(
      'case-not-found',
      'There is no such case.',
      'Check its id: GET /v1/cases lists those that are there.',
    );
  }
  const events = (): readonly Recorded[] => eventsOf(trail);
  // A command that was sent again has done what it does.
  if (commands?.has(context.commandId)) return [];
  const { occurredAt } = context;
  if (occurredAt !== undefined && occurredAt < now.openedAt)
    return refuse(
      'before-the-case',
      `The case was opened at ${now.openedAt}, after ${occurredAt}.`,
      through('Name a later time, or write a note.', 'AddNote'),
      'occurredAt',
    );
  const { decide: rule } = declared(COMMANDS, command.type);
  const decideOn = (state: OpenedCase): Decision<CaseEvent> => {
    if (state.facts.status === 'merged' && !OF_MERGED.has(command.type))
      return refuse(
        'case-merged',
        `This case was merged into ${state.mergedInto}.`,
        through('Go on there.', command.type, { id: state.mergedInto ?? '' }),
      );
    const then = afterPause(state, occurredAt ?? context.now);
    return rule(command as never, then, context, { events, declarationOf, asLeft: state }) as Decision<CaseEvent>;
  };
  const isLate = occurredAt !== undefined && trail !== undefined && occurredAt < trail.latest.occurredAt;
  return isLate ? decideLate(decideOn, now, events(), occurredAt) : decideOn(now);
}

/** What happened before other events of the case is decided on the case as it was then, and has to fit what followed. */
function decideLate(
  decideOn: (state: OpenedCase) => Decision<CaseEvent>,
  now: OpenedCase,
  events: readonly Recorded[],
  occurredAt: string,
): Decision<CaseEvent> {
  const until = caseAsRead(events).filter((event) => event.occurredAt <= occurredAt);
  const decision = decideOn(until.reduce<OpenedCase | undefined>(evolveStrictly, undefined) ?? now);
  const last = events.at(-1);
  if (isRefusal(decision) || last === undefined) return decision;
  const { revision } = last;
  const more = decision.map((event, index) => ({
    ...{ ...last, ...event, occurredAt, id: `to append ${index + 1}` },
    ...{ revision: revision + index + 1, sequence: undefined },
  }));
  try {
    folded([...events, ...(more as unknown as readonly Recorded[])]);
    return decision;
  } catch (error) {
    if (!(error instanceof BrokenHistory)) throw error;
    return refuse(
      'contradicts-what-followed',
      `At ${occurredAt} it contradicts what followed: ${error.message}`,
      through('Have a supervisor correct or withdraw that first.', 'CorrectEvent'),
      'occurredAt',
    );
  }
}

/** What a case that was merged into another is still told: what speaks of its own events, offers and surveys. */
const OF_MERGED: ReadonlySet<string> = new Set([
  'OpenCase',
  'AddNote',
  'MergeCase',
  'CorrectEvent',
  'AnswerOffer',
  'AnswerReSurvey',
]);

export const caseDecider: Decider<CaseState, CaseCommand, CaseEvent, CaseContext> = {
  initialState: {},
  evolve,
  decide,
};
