import type { Static } from 'typebox';
import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { message } from '../../../libs/platform/validation/schema.js';
import { Optional, Text } from '../../../libs/recovery/vocabulary/fields.js';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import { Valid } from '../http/body.js';
import { WhoAsks } from '../http/request-headers.js';
import { Imports } from './imports.js';

/** A source's file, and how its rows become events. */
const ImportFile = message(
  {
    /** An absolute path on the app's machine. */
    file: Text(4_096),
    /** The mapping itself, as YAML or JSON. */
    mapping: Text(100_000),
    /** The rule set to put in force if the mapping's programme has none, as YAML or JSON. */
    rules: Optional(Text(100_000)),
    /** The folder for rejected rows; default: rejects/ in the data folder. */
    rejects: Optional(Text(4_096)),
  },
  { file: '/data/incidents.csv.gz', mapping: 'programme: incidents\n...' },
);
type ImportFile = Static<typeof ImportFile>;

@ApiTags('operations')
@Controller('v1/imports')
@Roles('operator')
export class ImportsController {
  constructor(private readonly imports: Imports) {}

  @Post()
  @HttpCode(200)
  @BodySchema(ImportFile)
  @ApiOperation({
    operationId: 'ImportFile',
    summary: 'Import a file of the machine through a mapping. A second import of it adds nothing.',
  })
  import(@Valid(ImportFile) sent: ImportFile, @WhoAsks() caller: Caller): Promise<object> {
    return this.imports.run(sent, caller);
  }
}
