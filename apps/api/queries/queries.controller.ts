import { Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { AnyRole, Roles } from '../../../libs/platform/auth/roles.js';
import { READERS } from '../../../libs/recovery/vocabulary/roles.js';
import { invalid, notFound } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { NOW, STORES } from '../../../libs/platform/stores/stores.module.js';
import { isId } from '../../../libs/platform/validation/formats.js';
import { message } from '../../../libs/platform/validation/schema.js';
import type { Query } from '../../../libs/read-store/read-store.js';
import { Anything, OneOf, Optional, Part, Parts, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';
import { auditCase, type CaseAudit } from '../../../libs/rehearsal/audit-case.js';
import { Valid } from '../http/body.js';
import { ofAnotherTeam, ofOwnTeam } from '../http/own-team.js';
import { forbidden } from '../http/problems.js';
import { CustomersOfCases } from './customer-of-case.js';
import { Asking, Documents, type Asked, type Shown } from './documents.js';
import type { Filter } from '../../../libs/filter/filter.js';
import { afterPause, filterAfterPauses } from './ended-pauses.js';
import { POSITION_HEADER } from './read-your-write.js';
import { timelineOf } from './timeline.js';
import { askedOf, Listing, oneOf, Parameters, type Named } from './url-query.js';
import { viewOf } from './view.js';

const OF_CASE = ['team', 'owner', 'status', 'kind', 'priority', 'touchpoint', 'product'];
const DUE_FIRST = [{ field: 'nextDueAt', direction: 'asc' }] as const;
const URGENT_FIRST = [{ field: 'priorityRank', direction: 'asc' }, ...DUE_FIRST] as const;

const SortBy = Part({
  field: Text(100),
  direction: OneOf(['asc', 'desc']),
});
/** A question to a read model: MongoDB filter syntax over its declared fields. */
export const QueryDocuments = message(
  {
    filter: Optional(Anything),
    sort: Optional(Parts(SortBy, 5)),
    limit: Optional(Whole(1, 1_000)),
    /** The cursor of the previous page. It holds sort values, which may be long. */
    after: Optional(Text(100_000)),
  },
  { filter: { team: 'care', status: 'open' }, sort: [{ field: 'openedAt', direction: 'asc' }], limit: 20 },
);
type QueryDocuments = Static<typeof QueryDocuments>;

@ApiTags('queries')
@ApiHeader(POSITION_HEADER)
@Controller('v1')
export class QueriesController {
  constructor(
    private readonly documents: Documents,
    private readonly customers: CustomersOfCases,
    private readonly rules: RulesInForce,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(NOW) private readonly now: () => string,
  ) {}

  @Get('queue')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Queue',
    summary: 'List the open work: most urgent first, then due first, unless the rules of the programme say otherwise',
  })
  queue(
    @Listing('programme', ...OF_CASE, 'waitingOn', 'toAuthorise', 'fallback') query: Query,
    @Asking() asked: Asked,
  ): Promise<Shown> {
    const { sort = this.orderOf(query.filter ?? {}) } = query;
    return this.casesIn('queues', { ...query, sort }, asked);
  }

  @Get('cases')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Cases',
    summary: 'List all cases, closed ones too',
    description:
      '`customer` is our id of the customer or their id in any source, `email` their address, `order` the order’s number.',
  })
  async cases(
    @Listing('programme', 'customer', 'email', 'order', 'response', 'reference', ...OF_CASE) query: Query,
    @Asking() asked: Asked,
  ): Promise<Shown> {
    const filter = await this.customers.resolved(query.filter ?? {}, asked);
    return this.casesIn('cases', { ...query, filter }, asked);
  }

  @Get('cases/:id')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Case',
    summary: 'Show one case with everything that was recorded of it. Its ETag is its revision.',
    description:
      'Whoever works on the case or reviews it also sees what the customer said (`feedback`), their ids in other systems ' +
      '(`references`) and how to reach them (`contact`). Each such read is recorded.',
  })
  async case(
    @Param('id') id: string,
    @Asking() asked: Asked,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const may = await this.mayReadCase(id, asked);
    void reply.header('etag', `"${String(may.about['revision'])}"`);
    return this.customers.show(afterPause(may.about, this.now()), may);
  }

  @Get('cases/:id/timeline')
  @Roles(...READERS)
  @ApiOperation({ operationId: 'Timeline', summary: 'List everything that happened to one case, in order' })
  async timeline(@Param('id') id: string, @Asking() asked: Asked): Promise<object> {
    const may = await this.mayReadCase(id, asked);
    return this.documents.show({ id, ...(await timelineOf(this.stores.events, id)) }, may);
  }

  @Get('cases/:id/audit')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Audit',
    summary: 'Audit one case: every event, every verdict and what it rests on. Personal text stays sealed.',
    description: 'Read from history. `steps=true` adds the fields that each event changed.',
  })
  async audit(
    @Param('id') id: string,
    @Parameters('at', 'knownAt', 'under', 'steps') { steps, ...named }: Named,
    @Asking() asked: Asked,
  ): Promise<CaseAudit> {
    const request = {
      case: id,
      steps: oneOf('steps', steps, ['true', 'false']) === 'true',
      ...viewOf(this.rules.history, named, this.now()),
    };
    await this.mayReadCase(id, asked);
    const { events, reads, personal } = this.stores;
    const audit = await auditCase({ events, reads, withhold: (value) => personal.withhold(value) }, request);
    if (audit !== undefined) return audit;
    throw invalid([{ field: 'knownAt', message: `is before anything was known of case ${id}; name a later time` }]);
  }

  @Get('clocks')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Clocks',
    summary: 'List the clocks of cases: when each is due, and whether it was met',
  })
  clocks(
    @Listing('programme', 'case', 'target', 'state', 'priority', 'team', 'owner', 'met', 'disagrees') query: Query,
    @Asking() asked: Asked,
  ): Promise<Shown> {
    return this.list('clocks', query, asked);
  }

  @Get('read-models')
  @AnyRole()
  @ApiOperation({
    operationId: 'ReadModels',
    summary: 'List the read models and the fields that queries can use',
  })
  async readModels(): Promise<object> {
    const live = await this.stores.reads.live();
    const shown = live?.collections.filter(({ internal }) => internal !== true) ?? [];
    return {
      generation: live?.id ?? null,
      readModels: shown.map(({ name, version, fields }) => ({ name, version, fields })),
    };
  }

  @Post('read-models/:name/query')
  @HttpCode(200)
  @Roles('analyst', 'supervisor', 'operator')
  @ApiOperation({ operationId: 'QueryReadModel', summary: 'Query any read model in MongoDB filter syntax' })
  query(
    @Param('name') name: string,
    @Valid(QueryDocuments) query: QueryDocuments,
    @Asking() asked: Asked,
  ): Promise<Shown> {
    // The store checks filters and fields and names what it refuses.
    return this.documents.find(name, query as Query, asked);
  }

  /** An agent whose key names a team sees that team's alone. */
  private list(collection: string, query: Query, asked: Asked): Promise<Shown> {
    return this.documents.find(collection, { ...query, filter: ofOwnTeam(asked.caller, query.filter ?? {}) }, asked);
  }

  /** A list of cases, each as it is now. */
  private async casesIn(collection: 'queues' | 'cases', query: Query, asked: Asked): Promise<Shown> {
    const now = this.now();
    await this.documents.waitFor(asked);
    const filter = await filterAfterPauses(this.stores.reads, collection, query.filter ?? {}, now);
    const shown = await this.list(collection, { ...query, filter }, asked);
    return { ...shown, documents: shown.documents.map((document) => afterPause(document, now)) };
  }

  private orderOf(filter: Filter): typeof DUE_FIRST | typeof URGENT_FIRST {
    const [programme, other] = askedOf(filter, 'programme') ?? [this.rules.onlyProgramme()];
    const rules =
      typeof programme === 'string' && other === undefined ? this.rules.books().at(programme, this.now()) : undefined;
    return rules?.ruleSet.queueOrder === 'due' ? DUE_FIRST : URGENT_FIRST;
  }

  /** What is asked, about that case. @throws Problem for a case that the caller may not see */
  private async mayReadCase(id: string, asked: Asked): Promise<Asked & Required<Pick<Asked, 'about'>>> {
    if (!isId(id)) throw invalid([{ field: 'id', message: `must be the id of a case (a UUID), not "${id}"` }], 400);
    await this.documents.waitFor(asked);
    await this.documents.refuseParked(id);
    const found = await this.stores.reads.get('cases', id);
    if (found === undefined) throw notFound(`Case ${id}`, 'GET /v1/cases lists those that are.');
    const detail = ofAnotherTeam(asked.caller, found.document);
    if (detail !== undefined)
      throw forbidden('case-of-another-team', detail, 'Have its owner or a supervisor hand it over to you.');
    return { ...asked, about: { id, ...found.document } };
  }
}
