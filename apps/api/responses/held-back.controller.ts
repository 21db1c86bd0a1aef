import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import type { Filter } from '../../../libs/filter/filter.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { NOW } from '../../../libs/platform/stores/stores.module.js';
import type { Query } from '../../../libs/read-store/read-store.js';
import { ReleaseResponse } from '../../../libs/recovery/response/response.js';
import { READERS } from '../../../libs/recovery/vocabulary/roles.js';
import {
  HELD_BACK_ORDERS,
  HELD_BACK_STATES,
  heldBackState,
  heldBackThat,
  waitingNow,
} from '../../../libs/reports/held-back-list.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute } from '../http/command-route.js';
import { ofOwnTeam } from '../http/own-team.js';
import { answerWritten, CommandSent, requestBy, type Sent, type Written } from '../http/request-headers.js';
import { Asking, Documents, type Asked, type Shown } from '../queries/documents.js';
import { askedOf, conditionsOf, Listing, oneOf } from '../queries/url-query.js';

const Release = bodyOf(ReleaseResponse);
type Release = Static<typeof Release>;

const FILTERS = ['programme', 'team', 'response', 'customer', 'contactMe', 'score', 'kind', 'priority', 'touchpoint'];

/** What a throttle held back. */
@ApiTags('responses')
@Controller('v1')
export class HeldBackController {
  constructor(
    private readonly documents: Documents,
    private readonly commands: Commands,
    @Inject(NOW) private readonly now: () => string,
  ) {}

  @Get('held-back')
  @Roles(...READERS)
  @ApiHeader({ name: 'Amends-Position', required: false, description: 'The position that a write answered with' })
  @ApiOperation({
    operationId: 'HeldBack',
    summary: 'List what a throttle held back and still waits for its case, oldest first',
    description:
      '`sort=lowest` lists by score, the worst first (`lowest` is the worst answer, from 0 to 1 on its scale). ' +
      '`state=released` and `state=expired` list how the others ended.',
  })
  async list(@Listing('state', ...FILTERS) query: Query, @Asking() asked: Asked): Promise<Shown> {
    const { sort = HELD_BACK_ORDERS['oldest-first'], filter = {} } = query;
    const now = this.now();
    const inState = ofOwnTeam(asked.caller, inStateAsOf(filter, now));
    const shown = await this.documents.find('held_back', { ...query, sort, filter: inState }, asked);
    const documents = shown.documents.map((document) => ({ ...document, state: heldBackState(document, now) }));
    return { ...shown, documents };
  }

  @CommandRoute(ReleaseResponse)
  async release(
    @Param('response') response: string,
    @Valid(Release) { reason }: Release,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const command = { type: ReleaseResponse.type, response, reason };
    const request = { ...requestBy(sent), aggregate: 'response', id: response, programme: '', command } as const;
    return answerWritten(reply, response, await this.commands.execute(request));
  }
}

/** A filter as `queryOf` makes it, with the state that it names, or waiting, as it is now. */
function inStateAsOf(filter: Filter, now: string): Filter {
  const named = askedOf(filter, 'state') ?? ['waiting'];
  const states = named.flatMap((state) => oneOf('state', String(state), HELD_BACK_STATES) ?? []);
  const others = conditionsOf(filter).filter((condition) => !('state' in condition));
  return {
    $and: [
      ...others,
      { $or: states.map((state) => (state === 'waiting' ? waitingNow(now) : heldBackThat(state, now))) },
    ],
  };
}
