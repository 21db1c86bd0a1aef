import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { stated } from '../../event-sourcing/stated.js';
import type { ResponseEvent } from './response-events.js';
import { offScale } from './scales.js';

type Data<T extends ResponseEvent['type']> = Extract<ResponseEvent, { type: T }>['data'];
type Triage = Omit<Data<'ResponseTriaged'>, 'response' | 'contactMe'>;

export type Response =
  | { readonly status: 'none' }
  | { readonly status: 'received'; readonly received: Data<'ResponseReceived'> }
  | {
      readonly status: 'triaged';
      readonly received: Data<'ResponseReceived'>;
      readonly triaged: Data<'ResponseTriaged'>;
    };

export type ResponseCommand =
  ({ type: 'ReceiveResponse' } & Data<'ResponseReceived'>) | ({ type: 'TriageResponse' } & Triage);

const evolve = (state: Response, event: Recorded<ResponseEvent>): Response => {
  switch (event.type) {
    case 'ResponseReceived':
      return { status: 'received', received: event.data };
    case 'ResponseTriaged':
      if (state.status === 'none')
        throw new Error(`Broken history: ${event.stream} was triaged before it was received.`);
      return { status: 'triaged', received: state.received, triaged: event.data };
    default:
      return never(event);
  }
};

const decide = (command: ResponseCommand, state: Response): Decision<ResponseEvent> => {
  switch (command.type) {
    case 'ReceiveResponse': {
      if (state.status !== 'none') return []; // its source sent it again: what was heard first stands
      const { type: _, ...received } = command;
      return offScale(received.answers) ?? [{ type: 'ResponseReceived', data: stated(received) }];
    }
    case 'TriageResponse':
      return triage(command, state);
    default:
      return never(command);
  }
};

function triage(command: { type: 'TriageResponse' } & Triage, state: Response): Decision<ResponseEvent> {
  const { type: _, ...decided } = command;
  switch (state.status) {
    case 'none':
      return refuse('response-not-found', 'There is no such response. Check its id, or send it first.');
    case 'received': {
      if ((decided.outcome === 'opened') !== (decided.case !== undefined))
        return refuse('triage-unclear', 'A triage that opens a case names it, and no other does.', 'case');
      const { response, contactMe } = state.received;
      return [{ type: 'ResponseTriaged', data: stated({ response, contactMe, ...decided }) }];
    }
    case 'triaged':
      if (state.triaged.outcome === decided.outcome && state.triaged.case === decided.case) return [];
      return refuse('triaged-already', `The response was triaged: ${state.triaged.outcome}. That decision stands.`);
    default:
      return never(state);
  }
}

export const responseDecider: Decider<Response, ResponseCommand, ResponseEvent> = {
  initialState: { status: 'none' },
  evolve,
  decide,
};
