import { never, refuse, type Decider, type Decision, type Refusal } from '../../event-sourcing/decider.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { stated } from '../stated.js';
import type { Answer, Metric, ResponseEvent } from './response-events.js';

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
      return impossible(received.answers) ?? [{ type: 'ResponseReceived', data: stated(received) }];
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

/** The scales as the field uses them. */
export const SCALES: Readonly<Record<Metric, { readonly from: number; readonly to: number }>> = {
  nps: { from: 0, to: 10 },
  csat: { from: 1, to: 5 },
  ces: { from: 1, to: 7 },
  stars: { from: 1, to: 5 },
};

function impossible(answers: readonly Answer[]): Refusal | undefined {
  for (const [index, { metric, score }] of answers.entries()) {
    const { from, to } = SCALES[metric];
    if (!Number.isInteger(score) || score < from || score > to)
      return refuse(
        'score-off-scale',
        `${metric} goes from ${from} to ${to} in whole steps, so ${score} is no score.`,
        `answers[${index}].score`,
      );
    if (answers.findIndex((other) => other.metric === metric) !== index)
      return refuse(
        'metric-twice',
        `${metric} is answered twice. Keep the answer that counts.`,
        `answers[${index}].metric`,
      );
  }
  return undefined;
}

export const responseDecider: Decider<Response, ResponseCommand, ResponseEvent> = {
  initialState: { status: 'none' },
  evolve,
  decide,
};
