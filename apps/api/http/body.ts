import { Body, type PipeTransform } from '@nestjs/common';
import { valid, type Message } from '../../../libs/platform/validation/schema.js';

class CompiledValidation implements PipeTransform<unknown, object> {
  constructor(private readonly message: Message<object>) {}

  /** No body at all is a message without fields; null is not. */
  transform(value: unknown): object {
    return valid(this.message, value === undefined ? {} : value);
  }
}

/** The body as this message, checked by its compiled schema. */
export const Valid = (message: Message<object>): ParameterDecorator => Body(new CompiledValidation(message));
