import { ApiBody } from '@nestjs/swagger';
import type { TSchema } from 'typebox';

/** Documents the body of a route by its message. */
export const BodySchema = (message: TSchema, { required = true } = {}): MethodDecorator =>
  ApiBody({ required, schema: message as object });
