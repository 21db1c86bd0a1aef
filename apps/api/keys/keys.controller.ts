import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { OneOf, Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiKeys, type ApiKey } from '../../../libs/platform/auth/api-keys.js';
import { ROLES } from '../../../libs/recovery/vocabulary/roles.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { notFound } from '../../../libs/platform/problem/problem.js';
import { Valid } from '../http/body.js';

const CreateKey = message(
  {
    /** The person's or system's id, as it will stand in history. */
    name: Text(100),
    role: OneOf(ROLES),
    /** An agent's: whose cases they work on. */
    team: Optional(Text(100)),
  },
  { name: 'ana', role: 'agent', team: 'care' },
);
type CreateKey = Static<typeof CreateKey>;

@ApiTags('callers')
@Controller('v1/api-keys')
@Roles('operator')
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Get()
  @ApiOperation({ operationId: 'ApiKeys', summary: 'List the callers. Amends does not keep the keys themselves.' })
  async list(): Promise<{ keys: readonly ApiKey[] }> {
    return { keys: await this.keys.list() };
  }

  @Post()
  @ApiOperation({ operationId: 'CreateApiKey', summary: 'Create a key. Only this answer shows it.' })
  create(@Valid(CreateKey) wanted: CreateKey): Promise<ApiKey & { key: string }> {
    return this.keys.create(wanted);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'RevokeApiKey', summary: 'Revoke a key' })
  async revoke(@Param('id') id: string): Promise<void> {
    if (!(await this.keys.revoke(id))) throw notFound(`Key ${id}`, 'GET /v1/api-keys lists those that are.');
  }
}
