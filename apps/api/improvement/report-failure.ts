import { Inject, Injectable } from '@nestjs/common';
import type { Static } from 'typebox';
import type { CommandRequest } from '../../../libs/commands/command-request.js';
import { Commands, type Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { stated } from '../../../libs/event-sourcing/stated.js';
import type { Caller } from '../../../libs/platform/auth/roles.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { instantOf } from '../../../libs/platform/validation/formats.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { streamOf } from '../../../libs/recovery/aggregates.js';
import { OperationalFailureReported } from '../../../libs/recovery/failure/failure.js';
import { Instant, Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { programmeOf } from '../../../libs/responses/receive.js';

const { failure: _, ...ofFailure } = OperationalFailureReported.data.properties;

export const ReportFailure = message(
  {
    programme: Optional(Text(100)),
    source: Text(100),
    /** The source's own id. The same id means the same failure. */
    externalId: Text(150),
    /** Its customers are the source's ids of them. */
    ...ofFailure,
    occurredAt: Optional(Instant),
  },
  {
    source: 'shop',
    externalId: 'outage-17',
    kind: 'delay',
    touchpoint: 'delivery',
    description: 'Lorry broke down',
    customers: ['c-77', 'c-78'],
  },
);
export type ReportFailure = Static<typeof ReportFailure>;

const AT_ONCE = 64;

/** A customer whom the failure affected, and their response. */
interface AffectedCustomer {
  readonly id: string;
  readonly response: string;
  readonly customer: string;
}

/**
 * Records one failure, and a response for each affected customer, which triage then handles. Every id follows from the
 * source's, so a report that was cut off can be sent again and adds what is missing.
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
    const programme = await programmeOf(sent, this.rules);
    if (isRefusal(programme)) return programme;
    const { source, externalId, occurredAt, programme: _, ...failed } = sent;
    const failure = idOf(source, externalId);
    const affected = await this.affectedBy(sent);
    const request = {
      programme,
      actor: { id: caller.name, role: caller.role },
      correlationId: failure,
      occurredAt: occurredAt && instantOf(occurredAt),
    };
    const customers = affected.map(({ customer }) => customer);
    const reported = await this.commands.execute({
      ...request,
      aggregate: 'failure',
      id: failure,
      commandId: idOf('report', source, externalId),
      command: { type: 'ReportOperationalFailure', failure, ...failed, customers },
    });
    if (isRefusal(reported)) return reported;
    const causationId = reported.events[0]?.id ?? failure;
    for (let from = 0; from < affected.length; from += AT_ONCE) {
      const received = affected
        .slice(from, from + AT_ONCE)
        .map((one) => this.commands.execute({ ...request, ...receiving(sent, failure, one), causationId }));
      const refused = (await Promise.all(received)).find(isRefusal);
      if (refused) return refused;
    }
    return { failure: reported, responses: affected.map(({ response }) => response) };
  }

  private async affectedBy({
    source,
    externalId,
    customers: named,
  }: ReportFailure): Promise<readonly AffectedCustomer[]> {
    const affected = [...new Set(named)].map((id) => ({ id, response: idOf(source, `${externalId}/${id}`) }));
    const customers = await this.stores.personal.customersOf(
      affected.map(({ id, response }) => ({
        reference: { source, id },
        event: idOf(idOf('receive', response), streamOf('response', response), 0),
      })),
    );
    return affected.map((one, index) => ({ ...one, customer: customers[index] ?? '' }));
  }
}

const receiving = (
  { source, externalId, kind, touchpoint, product }: ReportFailure,
  failure: string,
  { id, response, customer }: AffectedCustomer,
): Pick<CommandRequest<'response'>, 'aggregate' | 'id' | 'customer' | 'commandId' | 'command'> => ({
  aggregate: 'response',
  id: response,
  customer,
  commandId: idOf('receive', response),
  command: stated({
    type: 'ReceiveResponse' as const,
    response,
    source,
    externalId: `${externalId}/${id}`,
    kind: 'operational-failure' as const,
    customer,
    touchpoint,
    product,
    answers: [],
    contactMe: 'not-answered' as const,
    commentLength: 0,
    tags: [kind],
    failure,
  }),
});
