import { Inject, Injectable } from '@nestjs/common';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, refuse, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { streamOf, type CommandOf } from '../../../libs/recovery/aggregates.js';
import type { ReportFailure } from './improvement-messages.js';

const AT_ONCE = 64;

/**
 * One failure, reported once, and a response for each customer whom it touched, which triage takes from there. Every
 * id follows from the source's: sent again after being cut off, what is missing is added.
 */
@Injectable()
export class FailureReports {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  async report(
    sent: ReportFailure,
    caller: Caller,
  ): Promise<{ failure: Done; responses: readonly string[] } | Refusal> {
    const programme = sent.programme ?? this.rules.onlyProgramme();
    if (programme === undefined)
      return refuse('programme-missing', 'This store has several programmes, or none: name one.', 'programme');
    if (this.rules.books().book(programme).length === 0)
      return refuse('programme-unknown', `No rules are in force for a programme "${programme}".`, 'programme');
    const { source, externalId, kind, touchpoint, product, description, occurredAt } = sent;
    const failure = idOf(source, externalId);
    const about = {
      ...(touchpoint === undefined ? {} : { touchpoint }),
      ...(product === undefined ? {} : { product }),
    };
    const as = {
      programme,
      actor: { id: caller.name, role: caller.role },
      correlationId: failure,
      ...(occurredAt === undefined ? {} : { occurredAt: instantOf(occurredAt) }),
    };
    const responses = [...new Set(sent.customers)].map((id): { id: string; response: string } => ({
      id,
      response: idOf(source, `${externalId}/${id}`),
    }));
    const customers = await this.stores.personal.customersOf(
      responses.map(({ id, response }) => ({
        reference: { source, id },
        event: idOf(idOf('receive', response), streamOf('response', response), 0),
      })),
    );
    const reported = await this.commands.execute({
      ...as,
      aggregate: 'failure',
      id: failure,
      commandId: idOf('report', source, externalId),
      command: {
        type: 'ReportOperationalFailure',
        failure,
        kind,
        ...about,
        ...(description === undefined ? {} : { description }),
        customers,
      },
    });
    if (isRefusal(reported)) return reported;
    for (let from = 0; from < responses.length; from += AT_ONCE) {
      const outcomes = await Promise.all(
        responses.slice(from, from + AT_ONCE).map(({ id, response }, index) => {
          const customer = customers[from + index] ?? '';
          const command: CommandOf<'response'> = {
            type: 'ReceiveResponse',
            response,
            source,
            externalId: `${externalId}/${id}`,
            kind: 'operational-failure',
            customer,
            ...about,
            answers: [],
            contactMe: 'not-answered',
            commentLength: 0,
            tags: [kind],
            failure,
          };
          return this.commands.execute({
            ...as,
            aggregate: 'response',
            id: response,
            customer,
            commandId: idOf('receive', response),
            causationId: reported.events[0]?.id ?? failure,
            command,
          });
        }),
      );
      const refused = outcomes.find(isRefusal);
      if (refused) return refused;
    }
    return { failure: reported, responses: responses.map(({ response }) => response) };
  }
}
