import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Filter } from '../../../libs/filter/filter.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { AnyRole, Roles } from '../../../libs/platform/auth/roles.js';
import { READERS } from '../../../libs/recovery/vocabulary/roles.js';
import { Problem, invalid, notFound } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { isId } from '../../../libs/platform/validation/formats.js';
import { auditCase, type CaseAudit } from '../../../libs/rehearsal/audit-case.js';
import { Valid } from '../http/body.js';
import { ofAnotherTeam, ofOwnTeam } from '../http/own-team.js';
import { askedBy, Documents, type Shown } from './documents.js';
import { QueryDocuments } from './query-messages.js';
import { oneOf, only, queryOf, type UrlQuery } from './url-query.js';
import { Viewed, viewOf } from './view.js';

const QUEUE_FILTERS = [
  'programme',
  'team',
  'owner',
  'status',
  'kind',
  'priority',
  'touchpoint',
  'product',
  'waitingOn',
  'toAuthorise',
];
const CASE_FILTERS = [
  'programme',
  'customer',
  'response',
  'reference',
  'team',
  'owner',
  'status',
  'kind',
  'priority',
  'touchpoint',
  'product',
];
const CLOCK_FILTERS = ['programme', 'case', 'target', 'state', 'priority', 'team', 'owner', 'met', 'disagrees'];

const Filters = (names: readonly string[]) => (target: object, key: string, descriptor: PropertyDescriptor) => {
  for (const name of [...names, 'sort', 'limit', 'after'])
    ApiQuery({ name, required: false, schema: { type: 'string' } })(target, key, descriptor);
};

@ApiTags('queries')
@ApiHeader({
  name: 'Amends-Position',
  required: false,
  description: 'The position that a write answered with: the query waits until the read models include it',
})
@Controller('v1')
export class QueriesController {
  constructor(
    private readonly documents: Documents,
    private readonly rules: RulesInForce,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  @Get('queue')
  @Roles(...READERS)
  @Filters(QUEUE_FILTERS)
  @ApiOperation({ operationId: 'Queue', summary: 'List the open work, due first' })
  queue(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    const asked = askedBy(request);
    const query = queryOf({ sort: 'nextDueAt', ...url }, QUEUE_FILTERS);
    return this.documents.find('queues', { ...query, filter: ofOwnTeam(asked.caller, query.filter ?? {}) }, asked);
  }

  @Get('cases')
  @Roles(...READERS)
  @Filters(CASE_FILTERS)
  @ApiOperation({ operationId: 'Cases', summary: 'List all cases, closed ones too' })
  cases(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    const asked = askedBy(request);
    const query = queryOf(url, CASE_FILTERS);
    return this.documents.find('cases', { ...query, filter: ofOwnTeam(asked.caller, query.filter ?? {}) }, asked);
  }

  @Get('cases/:id')
  @Roles(...READERS)
  @ApiOperation({
    operationId: 'Case',
    summary: 'Show one case with everything that was recorded of it. Its ETag is its revision.',
  })
  async case(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const document = await this.caseFor(id, request);
    void reply.header('etag', `"${String(document['revision'])}"`);
    return document;
  }

  @Get('cases/:id/timeline')
  @Roles(...READERS)
  @ApiOperation({ operationId: 'Timeline', summary: 'List everything that happened to one case, in order' })
  async timeline(@Param('id') id: string, @Req() request: FastifyRequest): Promise<object> {
    await this.mayReadCase(id, request);
    return this.documents.get('timeline', id, askedBy(request));
  }

  @Get('cases/:id/audit')
  @Roles(...READERS)
  @Viewed('at', 'knownAt', 'under')
  @ApiQuery({ name: 'steps', required: false, schema: { type: 'string', enum: ['true', 'false'] } })
  @ApiOperation({
    operationId: 'Audit',
    summary: 'Audit one case: every event, every verdict and what it rests on. Personal text stays sealed.',
    description: 'Read from history. `steps=true` adds the fields that each event changed.',
  })
  async audit(
    @Param('id') id: string,
    @Query() url: Readonly<Record<string, string | undefined>>,
    @Req() request: FastifyRequest,
  ): Promise<CaseAudit> {
    const { steps = 'false', ...named } = only(url, ['at', 'knownAt', 'under', 'steps']);
    const asked = {
      case: id,
      steps: oneOf('steps', steps, ['true', 'false']) === 'true',
      ...viewOf(this.rules.history, named),
    };
    await this.mayReadCase(id, request);
    const { events, reads, personal } = this.stores;
    const audit = await auditCase({ events, reads, withhold: (value) => personal.withhold(value) }, asked);
    if (audit !== undefined) return audit;
    throw invalid([{ field: 'knownAt', message: `is before anything was known of case ${id}; name a later time` }]);
  }

  @Get('clocks')
  @Roles(...READERS)
  @Filters(CLOCK_FILTERS)
  @ApiOperation({
    operationId: 'Clocks',
    summary: 'List the clocks of cases: when each is due, and whether it was met',
  })
  clocks(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    const asked = askedBy(request);
    const query = queryOf(url, CLOCK_FILTERS);
    return this.documents.find('clocks', { ...query, filter: ofOwnTeam(asked.caller, query.filter ?? {}) }, asked);
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
  @BodySchema(QueryDocuments)
  @ApiOperation({ operationId: 'QueryReadModel', summary: 'Query any read model in MongoDB filter syntax' })
  query(
    @Param('name') name: string,
    @Valid(QueryDocuments) query: QueryDocuments,
    @Req() request: FastifyRequest,
  ): Promise<Shown> {
    const { filter, sort, limit, after } = query;
    // The store checks filters and fields and names what it refuses.
    return this.documents.find(
      name,
      {
        ...(filter === undefined ? {} : { filter: filter as Filter }),
        ...(sort === undefined ? {} : { sort }),
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
      },
      askedBy(request),
    );
  }

  private async caseFor(id: string, request: FastifyRequest): Promise<Readonly<Record<string, unknown>>> {
    await this.mayReadCase(id, request);
    return this.documents.get('cases', id, askedBy(request));
  }

  private async mayReadCase(id: string, request: FastifyRequest): Promise<void> {
    if (!isId(id)) throw invalid([{ field: 'id', message: `must be the id of a case (a UUID), not "${id}"` }], 400);
    const asked = askedBy(request);
    await this.documents.waitFor(asked);
    await this.documents.refuseParked(id);
    const found = await this.stores.reads.get('cases', id);
    if (found === undefined) throw notFound(`Case ${id}`);
    const detail = ofAnotherTeam(asked.caller, found.document);
    if (detail !== undefined) throw new Problem({ status: 403, code: 'case-of-another-team', detail });
  }
}
