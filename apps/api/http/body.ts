import { Body, type PipeTransform } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import { Problem } from '../../../libs/platform/problem/problem.js';
import { valid } from '../../../libs/platform/validation/schema.js';

class CompiledValidation implements PipeTransform<unknown, unknown> {
  constructor(private readonly message: TSchema) {}

  /** No body at all is a message without fields; null is not. */
  transform(value: unknown): unknown {
    if (value instanceof Readable)
      throw new Problem({
        status: 415,
        code: 'unsupported-media-type',
        detail: 'Send it as application/json: lines of JSON are for batches.',
      });
    return valid(this.message, value === undefined ? {} : value);
  }
}

/** The body as this message, checked by its compiled schema. */
export const Valid = (message: TSchema): ParameterDecorator => Body(new CompiledValidation(message));
