import { never } from '../../event-sourcing/decider.js';
import {
  eventsOf,
  NOT_OPENED,
  type CaseFile,
  type CaseState,
  type OpenedCase,
  type RecordedCaseEvent,
  type Trail,
} from './case-state.js';
import { asCorrected } from './correction.js';

/**
 * The case after one more event. Sources' records come in any order (approved without being submitted, say), so
 * whatever a source may say of an opened case folds; a history that contradicts itself is loud.
 * @throws Error on an event before CaseOpened, and on an answer to what was never offered or asked.
 */
export const evolve = (state: CaseState, event: RecordedCaseEvent): CaseState => {
  if (event.type === 'CaseOpened') return opened(state, event);
  if (state.status === 'not-opened') throw broken(event, 'before CaseOpened');
  const trail: Trail = { event, before: state.file.trail };
  const next = event.type === 'EventCorrected' ? anew(trail) : step(state, event);
  return { ...next, file: { ...next.file, trail } };
};

const broken = (event: RecordedCaseEvent, why: string): Error =>
  new Error(`Broken history: ${event.type} (${event.id}) in ${event.stream} ${why}.`);

function opened(state: CaseState, event: Extract<RecordedCaseEvent, { type: 'CaseOpened' }>): CaseState {
  if (state.status !== 'not-opened') throw broken(event, 'in a case that is open already');
  const { case: id, customer, kind, priority, team } = event.data;
  const file: CaseFile = {
    case: id,
    customer,
    kind,
    priority,
    ...(team === undefined ? {} : { team }),
    cycle: 1,
    workers: [],
    acknowledged: false,
    attempts: [],
    offers: [],
    escalations: [],
    informed: false,
    reSurveys: [],
    trail: { event },
  };
  return { status: 'open', file };
}

/** After a correction: all of the history again, as it is known now. */
function anew(trail: Trail): OpenedCase {
  const state = asCorrected(eventsOf(trail)).reduce(evolve, NOT_OPENED);
  if (state.status === 'not-opened') throw broken(trail.event, 'withdraws the opening of its case');
  return state;
}

type Step = Exclude<RecordedCaseEvent, { type: 'CaseOpened' | 'EventCorrected' }>;

function step(state: OpenedCase, event: Step): OpenedCase {
  const { file } = state;
  /** Something about the case changed, not where it stands. */
  const noted = (change: Partial<CaseFile>): OpenedCase => ({ ...state, file: { ...file, ...change } });
  /** Somebody did some of the case's work. */
  const worked = (change: Partial<CaseFile> = {}): CaseFile => ({
    ...file,
    ...change,
    workers: withWorker(file.workers, event.actor.id),
  });

  switch (event.type) {
    case 'CaseAssigned':
      return noted(ownedBy(file, event.data.owner, event.data.team));
    case 'CaseHandedOff':
      return noted(ownedBy(file, event.data.toOwner, event.data.toTeam));
    case 'OwnerAlerted':
      return noted({ alerted: event.data.owner });
    case 'CaseAcknowledged':
      return noted({ acknowledged: true });
    case 'ContactAttempted': {
      const { channel, outcome } = event.data;
      const attempt = { cycle: file.cycle, at: event.occurredAt, channel, outcome };
      return { ...state, file: worked({ attempts: [...file.attempts, attempt] }) };
    }
    case 'ProgressUpdateSent':
      return { ...state, file: worked() };
    case 'ResolutionOffered': {
      const { offer: id, kind, value, needsAuthority } = event.data;
      const standing = needsAuthority ? ('pending' as const) : ('stands' as const);
      const offer = { id, cycle: file.cycle, kind, ...(value && { value }), offeredBy: event.actor.id, standing };
      return { ...state, file: worked({ offers: [...file.offers, offer] }) };
    }
    case 'OfferAuthorised':
      return { ...state, file: worked({ offers: withOffer(file, event, { standing: 'stands' }) }) };
    case 'OfferAnswered':
      return noted({ offers: withOffer(file, event, { answer: event.data.answer }) });
    case 'CasePaused': {
      const { waitingOn, until } = event.data;
      return { status: 'paused', file, waitingOn, ...(until === undefined ? {} : { until }) };
    }
    case 'CaseResumed':
      return state.status === 'paused' ? { status: 'open', file } : state;
    case 'CaseEscalated': {
      const { to, target } = event.data;
      const escalation = { cycle: file.cycle, to, ...(target === undefined ? {} : { target }) };
      return noted({ escalations: [...file.escalations, escalation] });
    }
    case 'RootCauseIdentified': {
      const { cause, action } = event.data;
      const rootCause = { cycle: file.cycle, cause, ...(action === undefined ? {} : { action }) };
      return { ...state, file: worked({ rootCause }) };
    }
    case 'CaseSubmitted':
      return { status: 'submitted', file: worked() };
    case 'CaseGivenUp':
      return { status: 'given-up', file: worked(), reason: event.data.reason };
    case 'CaseApproved':
      return { status: 'approved', file, approvedAt: event.occurredAt };
    case 'CaseReturned':
      return { status: 'open', file };
    case 'CasePriorityChanged':
      return noted({ priority: event.data.priority });
    case 'CaseReopened': {
      const { alerted: _, ...kept } = file;
      return { status: 'open', file: { ...kept, cycle: event.data.cycle, acknowledged: false, informed: false } };
    }
    case 'CaseMerged':
      return { status: 'merged', file, into: event.data.into };
    case 'CustomerInformed':
      return noted({ informed: true });
    case 'CustomerLost':
      return noted({ customerOutcome: 'lost' });
    case 'CustomerKept':
      return noted({ customerOutcome: 'kept' });
    case 'ReSurveySent': {
      const reSurvey = { id: event.data.survey, cycle: file.cycle, answered: false };
      return noted({ reSurveys: [...file.reSurveys, reSurvey] });
    }
    case 'ReSurveyAnswered': {
      const { survey } = event.data;
      if (!file.reSurveys.some(({ id }) => id === survey)) throw broken(event, `answers ${survey}, never sent`);
      return noted({
        reSurveys: file.reSurveys.map((sent) => (sent.id === survey ? { ...sent, answered: true } : sent)),
      });
    }
    // Told of the case, and decides nothing about it: the trail has them.
    case 'NoteAdded':
    case 'SaleRecorded':
    case 'VerdictReported':
    case 'CallbackRecorded':
      return state;
    default:
      return never(event);
  }
}

const withWorker = (workers: readonly string[], worker: string): readonly string[] =>
  workers.includes(worker) ? workers : [...workers, worker];

const ownedBy = ({ workers }: CaseFile, owner: string, team: string | undefined): Partial<CaseFile> => ({
  owner,
  workers: withWorker(workers, owner),
  ...(team === undefined ? {} : { team }),
});

function withOffer(
  { offers }: CaseFile,
  event: Extract<Step, { type: 'OfferAuthorised' | 'OfferAnswered' }>,
  change: Partial<CaseFile['offers'][number]>,
): CaseFile['offers'] {
  const { offer } = event.data;
  if (!offers.some(({ id }) => id === offer)) throw broken(event, `speaks of offer ${offer}, never made`);
  return offers.map((made) => (made.id === offer ? { ...made, ...change } : made));
}
