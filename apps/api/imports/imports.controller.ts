import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles, type Caller } from '../../../libs/platform/auth/roles.js';
import { Example } from '../../../libs/platform/validation/example.js';
import { Optional, Text } from '../../../libs/platform/validation/fields.js';
import { schemaOf } from '../../../libs/platform/validation/schema.js';
import { Valid } from '../http/body.js';
import { WhoAsks } from '../http/request-headers.js';
import { Imports } from './imports.js';

/** A source's file, and how its rows become events. */
@Example({ file: '/data/incidents.csv.gz', mapping: 'programme: incidents\n...' })
class ImportFile {
  /** An absolute path on the machine of the app. */
  @Text(4_096) file!: string;
  /** The mapping itself, as YAML or JSON. */
  @Text(100_000) mapping!: string;
  /** The rule set that takes force where the mapping's programme has none, as YAML or JSON. */
  @Optional() @Text(100_000) rules?: string;
  /** Where rows go that can't be used; default: rejects/ in the data folder. */
  @Optional() @Text(4_096) rejects?: string;
}

@ApiTags('operations')
@Controller('v1/imports')
@Roles('operator')
export class ImportsController {
  constructor(private readonly imports: Imports) {}

  @Post()
  @HttpCode(200)
  @ApiBody({ schema: schemaOf(ImportFile) })
  @ApiOperation({
    operationId: 'ImportFile',
    summary: 'Bring a file of the machine into history, through a mapping; again it adds nothing',
  })
  import(@Valid(ImportFile) sent: ImportFile, @WhoAsks() caller: Caller): Promise<object> {
    return this.imports.run(sent, caller);
  }
}
