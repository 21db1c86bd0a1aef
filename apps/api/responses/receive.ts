import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { refuse, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { streamOf } from '../../../libs/recovery/aggregates.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { instantOf } from '../../../libs/platform/validation/fields.js';
import type { Answer, ContactMe, ResponseKind } from '../../../libs/recovery/response/response-events.js';
import type { ReceiveResponse } from './receive-response.js';

/** A response as a source sent it; the same source and external id again are the same response. */
export class Receive extends Command<Received | Refusal> {
  constructor(
    readonly sent: ReceiveResponse,
    readonly caller: Caller,
  ) {
    super();
  }
}

export interface Received {
  readonly response: string;
  readonly done: Done;
}

@CommandHandler(Receive)
export class ReceiveHandler implements ICommandHandler<Receive> {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  async execute({ sent, caller }: Receive): Promise<Received | Refusal> {
    const { source, externalId, occurredAt, comment } = sent;
    const programme = sent.programme ?? this.rules.onlyProgramme();
    if (programme === undefined)
      return refuse('programme-missing', 'This store has several programmes, or none: name one.', 'programme');
    if (this.rules.books().book(programme).length === 0)
      return refuse('programme-unknown', `No rules are in force for a programme "${programme}".`, 'programme');
    const answers = answersOf(sent);
    if ('refused' in answers) return answers;
    const kind = sent.kind ?? (answers.length > 0 ? 'survey' : undefined);
    if (kind === undefined)
      return refuse('kind-missing', 'Without a score it is no survey answer: say of which kind it is.', 'kind');
    const response = idOf(source, externalId);
    const commandId = idOf('receive', source, externalId);
    const customer = await this.stores.personal.customerOf(
      { source, id: sent.customer },
      idOf(commandId, streamOf('response', response), 0),
    );
    const { touchpoint, product, order, agent, language } = sent;
    const done = await this.commands.execute({
      aggregate: 'response',
      id: response,
      programme,
      customer,
      actor: { id: caller.name, role: caller.role },
      commandId,
      ...(occurredAt === undefined ? {} : { occurredAt: instantOf(occurredAt) }),
      command: {
        type: 'ReceiveResponse',
        response,
        source,
        externalId,
        kind: kind as ResponseKind,
        customer,
        answers,
        contactMe: (sent.contactMe ?? 'not-answered') as ContactMe,
        commentLength: comment === undefined ? 0 : [...comment].length,
        tags: sent.tags ?? [],
        ...present({ touchpoint, comment, product, order, agent, language }),
      },
    });
    return 'refused' in done ? done : { response, done };
  }
}

/** One metric and score, or several answers, or none; never both ways at once. */
function answersOf({ metric, score, answers }: ReceiveResponse): readonly Answer[] | Refusal {
  if (answers !== undefined) {
    if (metric === undefined && score === undefined) return answers as Answer[];
    return refuse('answers-twice', 'Send one metric and score, or answers; not both.', 'answers');
  }
  if (metric === undefined && score === undefined) return [];
  if (metric === undefined)
    return refuse('metric-missing', 'A score needs its metric: nps, csat, ces or stars.', 'metric');
  if (score === undefined) return refuse('score-missing', `What was the ${metric} score?`, 'score');
  return [{ metric, score } as Answer];
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
