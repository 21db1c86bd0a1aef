import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import { Valid } from '../http/body.js';
import { WhoAsks } from '../http/request-headers.js';
import { ImportFile, Imports } from './imports.js';

@ApiTags('operations')
@Controller('v1/imports')
@Roles('operator')
export class ImportsController {
  constructor(private readonly imports: Imports) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'ImportFile',
    summary: 'Import a file of the machine through a mapping. A second import of it adds nothing.',
  })
  import(@Valid(ImportFile) sent: ImportFile, @WhoAsks() caller: Caller): Promise<object> {
    return this.imports.run(sent, caller);
  }
}
