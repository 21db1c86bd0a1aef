import type { Static } from 'typebox';
import { message } from '../../../libs/platform/validation/schema.js';
import { Anything, Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { parseAnchor, type Anchor } from '../../../libs/evidence/anchor.js';
import { Roles } from '../../../libs/platform/auth/roles.js';
import { invalid } from '../../../libs/platform/problem/problem.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import { Valid } from '../http/body.js';
import { CommandSent, sentBy, type Sent } from '../http/request-headers.js';
import { soundRules } from '../rules/rules-of-callers.js';
import { Builds, type Verified } from './builds.js';

const Build = message(
  {
    /** Rules to apply to the past: Amends builds under them and switches. Default: a build under the rules in force. */
    ruleSet: Optional(Anything),
    reason: Text(2_000),
  },
  { reason: 'To see that it gives the same' },
);
type Build = Static<typeof Build>;

const Verify = message(
  {
    /** The anchor of an earlier verification: this one then detects events that were removed since. */
    anchor: Optional(Text(100)),
  },
  { anchor: `1234:${'0a1b'.repeat(16)}` },
);
type Verify = Static<typeof Verify>;

@ApiTags('operations')
@Controller('v1')
@Roles('operator')
export class GenerationsController {
  constructor(
    private readonly builds: Builds,
    @Inject(STORES) private readonly stores: Stores,
  ) {}

  @Get('generations')
  @ApiOperation({ operationId: 'Generations', summary: 'List the builds of the read models, and which one is served' })
  async list(): Promise<object> {
    const generations = await this.stores.reads.generations();
    return {
      generations: generations.map(({ id, status, stamp }) => ({ id, status, ...stamp })),
      underWay: this.builds.underWay,
    };
  }

  @Post('generations')
  @HttpCode(200)
  @ApiOperation({ operationId: 'Build', summary: 'Build the read models again; with rules: under them, and switch' })
  async build(@Valid(Build) { ruleSet, reason }: Build, @CommandSent() sent: Sent): Promise<object> {
    if (ruleSet !== undefined) {
      const rules = soundRules({ content: ruleSet });
      return this.builds.change(`rule set ${ruleSetHash(rules)}`, (changes) =>
        changes.replay(rules, reason, sentBy(sent)),
      );
    }
    const { id, status, stamp } = await this.builds.rebuild(reason);
    return { id, status, ...stamp };
  }

  @Post('generations/stop')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'StopBuild',
    summary: 'Stop the running build. It keeps its progress, and the same build continues from there.',
  })
  stop(): object {
    return { stopping: this.builds.stop() };
  }

  @Post('generations/:id/switch')
  @HttpCode(200)
  @ApiOperation({ operationId: 'Switch', summary: 'Serve this build, and keep the previous one to go back to' })
  switch(@Param('id') id: string): Promise<object> {
    return this.builds.switchTo(numberOf(id));
  }

  @Delete('generations/:id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'Release', summary: 'Drop a build that is not served' })
  release(@Param('id') id: string): Promise<void> {
    return this.builds.release(numberOf(id));
  }

  @Post('verify')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'Verify',
    summary: 'Prove that the read models are what history gives, and that history is as it was sealed',
  })
  verify(@Valid(Verify, { required: false }) { anchor }: Verify): Promise<Verified> {
    return this.builds.verify(anchor === undefined ? undefined : anchorOf(anchor));
  }
}

function anchorOf(text: string): Anchor {
  const anchor = parseAnchor(text);
  if (anchor !== undefined) return anchor;
  throw invalid([{ field: 'anchor', message: 'must be as a verification answered with it: a number, ":", 64 digits' }]);
}

function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw invalid([{ field: 'id', message: `must be the number of a generation, not "${id}"` }], 400);
}
