import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Everyone } from '../../../libs/platform/auth/roles.js';

@ApiExcludeController()
@Controller()
export class RootController {
  /** Where to go from here. */
  @Get()
  @Everyone()
  index(): object {
    return {
      name: 'Amends',
      is: 'Every unhappy customer becomes a case with an owner, a clock and a proof.',
      documentation: '/docs',
      openapi: '/docs-json',
      health: '/health/ready',
      metrics: '/metrics',
      queue: '/v1/queue',
      cases: '/v1/cases',
      reports: [
        '/v1/reports/clocks',
        '/v1/reports/funnel',
        '/v1/reports/root-causes',
        '/v1/reports/times',
        '/v1/reports/repeats',
      ],
    };
  }
}
