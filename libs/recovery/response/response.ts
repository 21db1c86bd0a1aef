import { never, refuse, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { EventOf } from '../../event-sourcing/declared-event.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { stated } from '../../event-sourcing/stated.js';
import { command } from '../vocabulary/command.js';
import { ResponseReceived, ResponseTriaged, type ReceivedResponse, type ResponseEvent } from './response-events.js';
import { offScale } from './scales.js';

export const ReceiveResponse = command('ReceiveResponse', {
  is: 'fact',
  comes: {
    inside:
      'A response comes in under its source’s own ids (POST /v1/responses, or the inbound topic), which lead to ours.',
  },
  fields: ResponseReceived.data.properties,
});

const { response: _, contactMe: __, ...decided } = ResponseTriaged.data.properties;
export const TriageResponse = command('TriageResponse', {
  is: 'intention',
  comes: { inside: 'A reaction to the response triages it, by the rules.' },
  fields: decided,
});

export const RESPONSE_COMMANDS = [ReceiveResponse, TriageResponse] as const;
export type ResponseCommand = CommandOf<(typeof RESPONSE_COMMANDS)[number]>;

export type Response =
  | { readonly status: 'none' }
  | { readonly status: 'received'; readonly received: ReceivedResponse }
  | {
      readonly status: 'triaged';
      readonly received: ReceivedResponse;
      readonly triaged: EventOf<typeof ResponseTriaged>['data'];
    };

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

const decide = (asked: ResponseCommand, state: Response): Decision<ResponseEvent> => {
  switch (asked.type) {
    case 'ReceiveResponse': {
      if (state.status !== 'none') return []; // its source sent it again: what was heard first stands
      const { type: _, ...received } = asked;
      return offScale(received.answers) ?? [{ type: 'ResponseReceived', data: stated(received) }];
    }
    case 'TriageResponse':
      return triage(asked, state);
    default:
      return never(asked);
  }
};

function triage({ type: _, ...triaged }: CommandOf<typeof TriageResponse>, state: Response): Decision<ResponseEvent> {
  switch (state.status) {
    case 'none':
      return refuse('response-not-found', 'There is no such response. Check its id, or send it first.');
    case 'received': {
      if ((triaged.outcome === 'opened') !== (triaged.case !== undefined))
        return refuse('triage-unclear', 'A triage that opens a case names it, and no other does.', 'case');
      const { response, contactMe } = state.received;
      return [{ type: 'ResponseTriaged', data: stated({ response, contactMe, ...triaged }) }];
    }
    case 'triaged':
      if (state.triaged.outcome === triaged.outcome && state.triaged.case === triaged.case) return [];
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
