import {
  never,
  refuse,
  type Context,
  type Decider,
  type Decision,
  type Refusal,
} from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import type { Recorded } from '../../event-sourcing/event.js';
import { stated } from '../../event-sourcing/stated.js';
import { idOf } from '../../event-sourcing/identity.js';
import type { CompiledRules } from '../rules/compile.js';
import { caseAwaited, heldUntil } from '../triage/held-back.js';
import { command } from '../vocabulary/command.js';
import { SUPERVISORS } from '../vocabulary/roles.js';
import {
  ResponseReceived,
  ResponseReleased,
  ResponseTriaged,
  type ReceivedResponse,
  type ResponseEvent,
  type TriagedResponse,
} from './response-events.js';
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

const { response, reason, by: ___, ...released } = ResponseReleased.data.properties;
export const ReleaseResponse = command('ReleaseResponse', {
  is: 'intention',
  comes: {
    path: 'responses/{response}/release',
    roles: SUPERVISORS,
    says: 'Open the case of a response that the throttle held back, whether or not the day has room',
    explains:
      'It gets the owner that triage would choose, it takes room of today’s throttle, and its clocks start now: nobody ' +
      'could work on it before. The list of what is held back is at `GET /v1/held-back`.',
    example: { reason: 'A regular customer, who called as well' },
  },
  fields: { response, reason },
});
export const RecordRelease = command('RecordRelease', {
  is: 'fact',
  comes: { inside: 'A reaction records it when the day’s throttle had room for what it held back.' },
  fields: released,
});
export const RecordExpiry = command('RecordExpiry', {
  is: 'fact',
  comes: { inside: 'What the throttle held back got older than the rules release; the reactor records it.' },
  fields: {},
});

export const RESPONSE_COMMANDS = [
  ReceiveResponse,
  TriageResponse,
  ReleaseResponse,
  RecordRelease,
  RecordExpiry,
] as const;
export type ResponseCommand = CommandOf<(typeof RESPONSE_COMMANDS)[number]>;

export type Response =
  | { readonly status: 'none' }
  | ({ readonly status: 'received' } & Received)
  | ({
      readonly status: 'triaged';
      readonly triaged: TriagedResponse;
      /** Of what was held back: how that ended. */
      readonly ended?: { readonly case: string; readonly at: string } | { readonly heldUntil: string };
    } & Received);

interface Received {
  readonly received: ReceivedResponse;
  readonly occurredAt: string;
}

export interface ResponseContext extends Context {
  /** The programme's rules in force at an instant. */
  rulesAt?(this: void, occurredAt: string): CompiledRules | undefined;
}

const evolve = (state: Response, event: Recorded<ResponseEvent>): Response => {
  switch (event.type) {
    case 'ResponseReceived':
      return { status: 'received', received: event.data, occurredAt: event.occurredAt };
    case 'ResponseTriaged': {
      if (state.status === 'none')
        throw new Error(`Broken history: ${event.stream} was triaged before it was received.`);
      const { received, occurredAt } = state;
      return { status: 'triaged', received, occurredAt, triaged: event.data };
    }
    case 'ResponseReleased':
      return { ...triagedBefore(state, event), ended: { case: event.data.case, at: event.occurredAt } };
    case 'ResponseExpired':
      return { ...triagedBefore(state, event), ended: { heldUntil: event.data.heldUntil } };
    default:
      return never(event);
  }
};

function triagedBefore(state: Response, { stream, type }: Recorded<ResponseEvent>): Response & { status: 'triaged' } {
  if (state.status === 'triaged') return state;
  throw new Error(`Broken history: ${stream} has ${type} before it was triaged.`);
}

const decide = (asked: ResponseCommand, state: Response, context: ResponseContext): Decision<ResponseEvent> => {
  switch (asked.type) {
    case 'ReceiveResponse': {
      if (state.status !== 'none') return []; // its source sent it again: what was heard first stands
      const { type: _, ...received } = asked;
      return offScale(received.answers) ?? [{ type: 'ResponseReceived', data: stated(received) }];
    }
    case 'TriageResponse':
      return triage(asked, state);
    case 'ReleaseResponse':
      return release(asked, state, context);
    case 'RecordRelease': {
      if (state.status !== 'triaged' || state.triaged.outcome !== 'held-back') return notHeldBack(state);
      if (state.ended && 'case' in state.ended) return [];
      const { type: _, ...opening } = asked;
      const { response } = state.received;
      return [{ type: 'ResponseReleased', data: stated({ response, by: 'rule' as const, ...opening }) }];
    }
    case 'RecordExpiry': {
      if (state.status !== 'triaged' || state.triaged.outcome !== 'held-back') return notHeldBack(state);
      const until = heldUntil(state.occurredAt, context.rulesAt?.(state.occurredAt)?.ruleSet.triage?.throttle);
      if (state.ended || until === undefined || until > context.now) return [];
      return [{ type: 'ResponseExpired', data: { response: state.received.response, heldUntil: until } }];
    }
    default:
      return never(asked);
  }
};

const NOT_FOUND = refuse(
  'response-not-found',
  'There is no such response.',
  'Check its id, or send it first: POST /v1/responses.',
);

/** By hand: of what is held back still. */
function release(
  { reason }: CommandOf<typeof ReleaseResponse>,
  state: Response,
  { now, rulesAt }: ResponseContext,
): Decision<ResponseEvent> {
  if (state.status !== 'triaged' || state.triaged.outcome !== 'held-back') return notHeldBack(state);
  const { received, occurredAt, triaged, ended } = state;
  if (ended && 'case' in ended)
    return refuse('released-already', `The response was released at ${ended.at}.`, `Work on its case ${ended.case}.`);
  const rules = rulesAt?.(occurredAt)?.ruleSet;
  const until = ended?.heldUntil ?? heldUntil(occurredAt, rules?.triage?.throttle);
  if (until !== undefined && until <= now)
    return refuse(
      'held-back-expired',
      `The response was held back until ${until}, when it got too old to be released.`,
      'Release one that still waits: GET /v1/held-back lists them.',
    );
  const { response, source, externalId } = received;
  const opening = { response, case: idOf(source, externalId), by: 'person' as const, ...caseAwaited(triaged, rules) };
  return [{ type: 'ResponseReleased', data: stated({ ...opening, reason }) }];
}

function notHeldBack(state: Response): Refusal {
  if (state.status === 'none') return NOT_FOUND;
  if (state.status === 'received')
    return refuse('not-triaged-yet', 'The rules have not decided on the response yet.', 'Ask again in a moment.');
  const { outcome } = state.triaged;
  return refuse(
    'not-held-back',
    `The response was triaged: ${outcome}.`,
    'Release what the throttle held back: GET /v1/held-back lists it.',
  );
}

function triage({ type: _, ...triaged }: CommandOf<typeof TriageResponse>, state: Response): Decision<ResponseEvent> {
  switch (state.status) {
    case 'none':
      return NOT_FOUND;
    case 'received': {
      if ((triaged.outcome === 'opened') !== (triaged.case !== undefined))
        return refuse(
          'triage-unclear',
          'A triage that opens a case names it, and no other does.',
          'Name the case, or another outcome.',
          'case',
        );
      const { response, contactMe } = state.received;
      return [{ type: 'ResponseTriaged', data: stated({ response, contactMe, ...triaged }) }];
    }
    case 'triaged':
      if (state.triaged.outcome === triaged.outcome && state.triaged.case === triaged.case) return [];
      return refuse(
        'triaged-already',
        `The response was triaged: ${state.triaged.outcome}. That decision stands.`,
        'Go on with what it led to.',
      );
    default:
      return never(state);
  }
}

export const responseDecider: Decider<Response, ResponseCommand, ResponseEvent, ResponseContext> = {
  initialState: { status: 'none' },
  evolve,
  decide,
};
