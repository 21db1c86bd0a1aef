import { Example } from '../../../libs/platform/validation/example.js';
import { Controller, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Commands } from '../../../libs/commands/commands.js';
import { AnyRole, Roles } from '../../../libs/platform/auth/roles.js';
import { Day, OneOf, Optional, Parts, Text, Whole } from '../../../libs/platform/validation/fields.js';
import { schemaOf } from '../../../libs/platform/validation/schema.js';
import type { Member } from '../../../libs/recovery/team/team-events.js';
import { Valid } from '../http/body.js';
import { answerWritten, CommandSent, type Sent, type Written } from '../http/request-headers.js';
import { askedBy, Documents, type Shown } from '../queries/documents.js';
import { queryOf, type UrlQuery } from '../queries/url-query.js';

class Absence {
  @Day() from!: string;
  @Day() to!: string;
}

class TeamMember {
  @Text(100) id!: string;
  @OneOf(['agent', 'supervisor', 'approver']) role!: string;
  /** The most open cases at a time. */
  @Optional() @Whole(0, 100_000) capacity?: number;
  @Optional() @Parts(() => Absence, 100) absences?: Absence[];
}

@Example({
  name: 'Customer care',
  members: [{ id: 'ana', role: 'agent', capacity: 40 }],
  fallbackOwner: 'sam',
  supervisor: 'sam',
})
class ChangeTeam {
  @Text() name!: string;
  @Parts(() => TeamMember, 500) members!: TeamMember[];
  /** Owns what nobody else of the team can take. */
  @Text(100) fallbackOwner!: string;
  @Optional() @Text(100) supervisor?: string;
}

@ApiTags('teams')
@Controller('v1/teams')
export class TeamsController {
  constructor(
    private readonly commands: Commands,
    private readonly documents: Documents,
  ) {}

  @Get()
  @AnyRole()
  @ApiOperation({ operationId: 'Teams', summary: 'The teams and who is in them' })
  list(@Query() url: UrlQuery, @Req() request: FastifyRequest): Promise<Shown> {
    return this.documents.find('teams', queryOf(url, []), askedBy(request));
  }

  @Put(':team')
  @Roles('supervisor', 'operator')
  @ApiBody({ schema: schemaOf(ChangeTeam) })
  @ApiOperation({ operationId: 'ChangeTeam', summary: 'A team as a whole: who is in it from now on' })
  async change(
    @Param('team') team: string,
    @Valid(ChangeTeam) { name, members, fallbackOwner, supervisor }: ChangeTeam,
    @CommandSent() { caller, commandId, expectedRevision }: Sent,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const done = await this.commands.execute({
      aggregate: 'team',
      id: team,
      programme: '',
      actor: { id: caller.name, role: caller.role },
      commandId,
      chosenId: true,
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
      command: {
        type: 'ChangeTeam',
        team,
        name,
        members: members as Member[],
        fallbackOwner,
        ...(supervisor === undefined ? {} : { supervisor }),
      },
    });
    return answerWritten(reply, team, done);
  }
}
