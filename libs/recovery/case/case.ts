import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import { approveCase, returnCase } from '../approval/review.js';
import { submitCase } from '../approval/submission.js';
import { giveUpCase } from '../contact/giving-up.js';
import { logContactAttempt } from '../contact/contact-attempts.js';
import { acknowledgeCase, informCustomer, sendProgressUpdate } from '../contact/customer-messages.js';
import { recordCustomerKept, recordCustomerLost, recordSale } from '../customer/customer-outcome.js';
import { escalateCase } from '../handover/escalation.js';
import { assignCase, handOffCase, recordOwnerAlert } from '../handover/ownership.js';
import { answerOffer, authoriseOffer, offerResolution } from '../offer/resolution-offer.js';
import { pauseCase, resumeCase } from '../pause/pause.js';
import { identifyRootCause } from '../root-cause/root-cause.js';
import { recordCallback } from '../verification/callback.js';
import { answerReSurvey, sendReSurvey } from '../verification/re-survey.js';
import type { CaseCommand } from './case-commands.js';
import type { CaseContext } from './case-context.js';
import type { CaseEvent } from './case-events.js';
import { evolve } from './case-evolve.js';
import { NOT_OPENED, type CaseState } from './case-state.js';
import { addNote, changePriority, mergeCase, reopenCase } from './case-changes.js';
import { correctEvent } from './correct-event.js';
import { openCase, openedAlready } from './opening.js';

/** The table of contents of a case: what each command is decided by. */
const decide = (command: CaseCommand, state: CaseState, context: CaseContext): Decision<CaseEvent> => {
  if (state.status === 'not-opened') {
    if (command.type === 'OpenCase') return openCase(command, context);
    return refuse('case-not-found', 'There is no such case. Check its id, or open it first.');
  }
  if (state.status === 'merged' && command.type !== 'AddNote' && command.type !== 'MergeCase') {
    if (command.type === 'OpenCase') return openedAlready(command, state);
    return refuse('case-merged', `This case was merged into ${state.into}. Go on there.`);
  }
  switch (command.type) {
    case 'OpenCase':
      return openedAlready(command, state);
    case 'AssignCase':
      return assignCase(command, state);
    case 'RecordOwnerAlert':
      return recordOwnerAlert(command, state);
    case 'HandOffCase':
      return handOffCase(command, state);
    case 'EscalateCase':
      return escalateCase(command, state);
    case 'AcknowledgeCase':
      return acknowledgeCase(command, state);
    case 'LogContactAttempt':
      return logContactAttempt(command, state, context);
    case 'SendProgressUpdate':
      return sendProgressUpdate(command, state, context);
    case 'InformCustomer':
      return informCustomer(command, state);
    case 'GiveUpCase':
      return giveUpCase(command, state, context);
    case 'OfferResolution':
      return offerResolution(command, state, context);
    case 'AuthoriseOffer':
      return authoriseOffer(command, state, context);
    case 'AnswerOffer':
      return answerOffer(command, state);
    case 'PauseCase':
      return pauseCase(command, state, context);
    case 'ResumeCase':
      return resumeCase(command, state);
    case 'IdentifyRootCause':
      return identifyRootCause(command, state, context);
    case 'SubmitCase':
      return submitCase(command, state, context);
    case 'ApproveCase':
      return approveCase(command, state, context);
    case 'ReturnCase':
      return returnCase(command, state, context);
    case 'ChangePriority':
      return changePriority(command, state);
    case 'ReopenCase':
      return reopenCase(command, state);
    case 'MergeCase':
      return mergeCase(command, state, context);
    case 'AddNote':
      return addNote(command, state, context);
    case 'RecordSale':
      return recordSale(command, state, context);
    case 'RecordCustomerLost':
      return recordCustomerLost(command, state);
    case 'RecordCustomerKept':
      return recordCustomerKept(command, state);
    case 'RecordCallback':
      return recordCallback(command, state, context);
    case 'SendReSurvey':
      return sendReSurvey(command, state, context);
    case 'AnswerReSurvey':
      return answerReSurvey(command, state);
    case 'CorrectEvent':
      return correctEvent(command, state, context);
    default:
      return never(command);
  }
};

export const caseDecider: Decider<CaseState, CaseCommand, CaseEvent, CaseContext> = {
  initialState: NOT_OPENED,
  evolve,
  decide,
};
