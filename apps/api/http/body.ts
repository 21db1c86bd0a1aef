import { Body, type PipeTransform } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import { Problem } from '../../../libs/platform/problem/problem.js';
import { valid } from '../../../libs/platform/validation/schema.js';

class CompiledValidation implements PipeTransform<unknown, unknown> {
  constructor(private readonly message: TSchema) {}

  /** A missing body counts as a message without fields; null does not. */
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

/** Injects the body after checking it by the compiled schema of this message. */
export const Valid = (message: TSchema): ParameterDecorator => Body(new CompiledValidation(message));
