import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { Commands } from '../../../libs/commands/commands.js';
import { AnyRole } from '../../../libs/platform/auth/roles.js';
import type { Query } from '../../../libs/read-store/read-store.js';
import { ChangeTeam } from '../../../libs/recovery/team/team.js';
import { Valid } from '../http/body.js';
import { bodyOf, CommandRoute } from '../http/command-route.js';
import { answerWritten, CommandSent, requestBy, type Sent, type Written } from '../http/request-headers.js';
import { Asking, Documents, type Asked, type Shown } from '../queries/documents.js';
import { Listing } from '../queries/url-query.js';

const Team = bodyOf(ChangeTeam);
type Team = Static<typeof Team>;

@ApiTags('teams')
@Controller('v1')
export class TeamsController {
  constructor(
    private readonly commands: Commands,
    private readonly documents: Documents,
  ) {}

  @Get('teams')
  @AnyRole()
  @ApiOperation({ operationId: 'Teams', summary: 'The teams and who is in them' })
  list(@Listing() query: Query, @Asking() asked: Asked): Promise<Shown> {
    return this.documents.find('teams', query, asked);
  }

  @CommandRoute(ChangeTeam)
  async change(
    @Param('team') team: string,
    @Valid(Team) changed: Team,
    @CommandSent() sent: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const command = { type: ChangeTeam.type, team, ...changed };
    const request = { ...requestBy(sent), aggregate: 'team', id: team, programme: '', command } as const;
    return answerWritten(reply, team, await this.commands.execute(request));
  }
}
