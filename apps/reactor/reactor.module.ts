import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Turn } from '../../libs/platform/stores/turn.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { ReactorService, TURN } from './reactor.service.js';

/** Reacts to events once, in its turn where several processes could. */
@Global()
@Module({})
export class ReactorModule {
  static in(turn: Turn): DynamicModule {
    return {
      module: ReactorModule,
      imports: [DeadLettersModule],
      providers: [ReactorService, { provide: TURN, useValue: turn }],
      exports: [ReactorService],
    };
  }
}
