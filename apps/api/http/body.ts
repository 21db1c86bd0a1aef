import { Body, type PipeTransform } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import { BodySchema } from '../../../libs/platform/validation/body-schema.js';
import { valid } from '../../../libs/platform/validation/schema.js';
import { unsupported } from './problems.js';

/** A missing body counts as a message without fields; null does not. */
const checked = (message: TSchema): PipeTransform => ({
  transform(value: unknown) {
    if (value instanceof Readable) throw unsupported('Send it as application/json: lines of JSON are for batches.');
    return valid(message, value === undefined ? {} : value);
  },
});

/** Injects the body after checking it by the compiled schema of this message, and documents it. */
export const Valid =
  (message: TSchema, { required = true } = {}): ParameterDecorator =>
  (controller, name = '', index) => {
    Body(checked(message))(controller, name, index);
    const route = Object.getOwnPropertyDescriptor(controller, name);
    if (route) BodySchema(message, { required })(controller, name, route);
  };
