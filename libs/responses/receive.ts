import type { Commands, Done } from '../commands/commands.js';
import type { RulesInForce } from '../commands/rules-in-force.js';
import { isRefusal, refuse, through, type Refusal } from '../event-sourcing/decider.js';
import type { Actor } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { stated } from '../event-sourcing/stated.js';
import type { EventStore } from '../event-store/event-store.js';
import { instantOf } from '../platform/validation/formats.js';
import { streamOf, type CommandOf } from '../recovery/aggregates.js';
import type { Answer } from '../recovery/vocabulary/fields.js';
import { METRICS } from '../recovery/vocabulary/scales.js';
import { RESPONSE_KINDS } from '../recovery/vocabulary/words.js';
import type { PersonalData } from '../vault/personal-data.js';
import { recordContact } from './contact.js';
import type { ReceiveResponse } from './receive-response.js';

export interface Surroundings {
  readonly events: Pick<EventStore, 'readStream'>;
  readonly personal: PersonalData;
  readonly commands: Commands;
  readonly rules: RulesInForce;
}

export interface Received {
  readonly response: string;
  readonly done: Done;
}

/** Receives a response from any channel. The same source and external id mean the same response. */
export async function receiveResponse(
  { events, personal, commands, rules }: Surroundings,
  sent: ReceiveResponse,
  actor: Actor,
): Promise<Received | Refusal> {
  const programme = await programmeOf(sent, rules);
  if (isRefusal(programme)) return programme;
  const answers = answersOf(sent);
  if (isRefusal(answers)) return answers;
  const kind = sent.kind ?? (answers.length > 0 ? 'survey' : undefined);
  if (kind === undefined)
    return refuse(
      'kind-missing',
      'Without a score it is no survey answer.',
      `Say of which kind it is: ${RESPONSE_KINDS.join(', ')}.`,
      'kind',
    );
  const { source, externalId, occurredAt } = sent;
  const response = idOf(source, externalId);
  const commandId = idOf('receive', source, externalId);
  const customer = await personal.customerOf(
    { source, id: sent.customer },
    idOf(commandId, streamOf('response', response), 0),
  );
  const done = await commands.execute({
    aggregate: 'response',
    id: response,
    programme,
    customer,
    actor,
    commandId,
    chosenId: true,
    occurredAt: occurredAt && instantOf(occurredAt),
    command: commandOf(sent, { response, customer, kind, answers }),
  });
  if (isRefusal(done)) return done.refused === 'idempotency-key-used' ? changed(sent) : done;
  if (sent.contact !== undefined) {
    const recorded = await recordContact(
      { personal, commands },
      {
        customer,
        contact: sent.contact,
        // Not now: the response may come again, or be older than what is known.
        asOf: done.events[0]?.occurredAt ?? (await occurredAtOf(response, events)),
        actor,
        commandId: idOf('contact', commandId),
        programme,
      },
    );
    if (isRefusal(recorded)) return recorded;
  }
  return { response, done };
}

type Command = CommandOf<'response'> & { readonly type: 'ReceiveResponse' };

function commandOf(
  { source, externalId, comment, contactMe, tags, touchpoint, product, order, agent, language }: ReceiveResponse,
  known: Pick<Command, 'response' | 'customer' | 'kind' | 'answers'>,
): Command {
  return stated({
    type: 'ReceiveResponse' as const,
    ...known,
    source,
    externalId,
    contactMe: contactMe ?? 'not-answered',
    commentLength: typeof comment === 'string' ? [...comment].length : 0,
    tags: tags ?? [],
    touchpoint,
    comment,
    product,
    order,
    agent,
    language,
  });
}

/** Of a response that history has from elsewhere, such as an import. */
async function occurredAtOf(response: string, events: Surroundings['events']): Promise<string> {
  const [received] = (await events.readStream(streamOf('response', response), { limit: 1 })).events;
  if (received !== undefined) return received.occurredAt;
  throw new Error(`History lacks the response ${response} that was received.`);
}

/** The source says something else under the id of a response that it sent before. */
const changed = ({ source, externalId }: ReceiveResponse): Refusal =>
  refuse(
    'response-changed',
    `${source} sent ${externalId} before with other content, and that stands.`,
    'Send a new answer under an id of its own.',
    'externalId',
  );

/**
 * The programme that is named, or the store's only one. Before it is refused, history says whether another process has
 * put its first rules in force.
 */
export async function programmeOf(
  sent: { readonly programme?: string },
  rules: RulesInForce,
): Promise<string | Refusal> {
  const known = knownProgramme(sent, rules);
  if (!isRefusal(known)) return known;
  await rules.reload();
  return knownProgramme(sent, rules);
}

function knownProgramme({ programme }: { readonly programme?: string }, rules: RulesInForce): string | Refusal {
  const named = programme ?? rules.onlyProgramme();
  if (named === undefined)
    return refuse(
      'programme-missing',
      'This store has several programmes, or none.',
      'Name one that has rules in force.',
      'programme',
    );
  if (rules.books().book(named).length > 0) return named;
  const known = rules.books().programmes();
  return refuse(
    'programme-unknown',
    `No rules are in force for a programme "${named}".`,
    through(
      `Put its rules in force${known.length > 0 ? `, or name one that has some: ${known.join(', ')}` : ''}.`,
      ['DraftRuleSet', 'ActivateRuleSet'],
      { programme: named },
    ),
    'programme',
  );
}

/** One metric and score, or several answers, or none; never both ways at once. */
function answersOf({ metric, score, answers }: ReceiveResponse): readonly Answer[] | Refusal {
  if (answers !== undefined) {
    if (metric === undefined && score === undefined) return answers;
    return refuse(
      'answers-twice',
      'A metric and a score are one way, answers the other.',
      'Send one of the two.',
      'answers',
    );
  }
  if (metric === undefined && score === undefined) return [];
  if (metric === undefined)
    return refuse('metric-missing', 'A score has a metric.', `Name it: ${METRICS.join(', ')}.`, 'metric');
  if (score === undefined)
    return refuse('score-missing', `The ${metric} score is missing.`, 'Send it, or leave the metric out.', 'score');
  return [{ metric, score }];
}
