import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Optional, Text, Whole } from '../../../libs/recovery/vocabulary/fields.js';
import { Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { notFound } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { Following } from '../../../libs/replay/follow/following.js';
import { ParkedList } from '../../../libs/replay/fold/parked.js';
import { Valid } from '../http/body.js';

const NameParked = message(
  {
    readModel: Text(100),
    /** What is parked: usually a case's id. */
    key: Text(500),
    /** Default: the build that is served. */
    generation: Optional(Whole(1, 999_999_999)),
  },
  { readModel: 'clocks', key: '5b0d1c9e-0c1e-5d5e-9c7a-3d1f6a2b4c8d' },
);
type NameParked = Static<typeof NameParked>;

/** Lists what a read model could not fold. The events of that case wait; all others go on. */
@ApiTags('operations')
@Controller('v1/parked')
@Roles('operator')
export class ParkedController {
  private readonly parked: ParkedList;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly follower: Following,
  ) {
    this.parked = new ParkedList(stores.ledger);
  }

  @Get()
  @ApiOperation({ operationId: 'Parked', summary: 'List the cases that wait because a read model could not fold them' })
  async list(): Promise<object> {
    const generations = await this.stores.reads.generations();
    const lists = await Promise.all(generations.map(({ id }) => this.parked.list(id)));
    return {
      parked: lists.flat().map(({ generation, projection, key, error, events }) => ({
        generation,
        readModel: projection,
        key,
        error,
        // Their data may hold personal text, so the answer names the events only.
        events: events.map(({ id, type, stream, revision, recordedAt }) => ({
          id,
          type,
          stream,
          revision,
          recordedAt,
        })),
      })),
    };
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'RetryParked',
    summary: 'Fold it again after a fix; false if it still fails',
  })
  async retry(@Valid(NameParked) named: NameParked): Promise<{ inOrder: boolean }> {
    return { inOrder: await this.follower.retry(await this.generationOf(named), named.readModel, named.key) };
  }

  @Post('skip')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'SkipParked',
    summary: 'Skip the event that could not be folded, for good, and fold the later ones',
  })
  async skip(@Valid(NameParked) named: NameParked): Promise<{ inOrder: boolean }> {
    return { inOrder: await this.follower.skip(await this.generationOf(named), named.readModel, named.key) };
  }

  /** @throws Problem if nothing of that name is parked */
  private async generationOf({ generation, readModel, key }: NameParked): Promise<number> {
    const asked = generation ?? (await this.stores.reads.live())?.id;
    if (asked === undefined || (await this.parked.get(asked, readModel, key)) === undefined)
      throw notFound(`${key}, parked in ${readModel},`, 'GET /v1/parked lists what is parked.');
    return asked;
  }
}
