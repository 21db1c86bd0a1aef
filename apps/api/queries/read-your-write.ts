import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Documents } from './documents.js';

export const POSITION_HEADER = {
  name: 'Amends-Position',
  required: false,
  description: 'The position that a write answered with: the query waits until the read models include it',
};

/** Lets a query wait until the read models include the write that its Amends-Position names. */
@Injectable()
export class ReadYourWrite implements CanActivate {
  constructor(private readonly documents: Documents) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const position = context.switchToHttp().getRequest<FastifyRequest>().headers['amends-position'];
    if (typeof position === 'string') await this.documents.waitFor({ position });
    return true;
  }
}
