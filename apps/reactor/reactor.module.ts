import { Global, Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';
import { ReactorService } from './reactor.service.js';

/** Acts on what happened, once. */
@Global()
@Module({ controllers: [DeadLettersController], providers: [ReactorService], exports: [ReactorService] })
export class ReactorModule {}
