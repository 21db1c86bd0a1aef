import { Module } from '@nestjs/common';
import { OutboxController } from './outbox.controller.js';

/** The outbox as operators see it, for every process that they ask. */
@Module({ controllers: [OutboxController] })
export class OutboxModule {}
