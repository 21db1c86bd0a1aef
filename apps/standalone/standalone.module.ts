import { Module, type DynamicModule } from '@nestjs/common';
import { PlatformModule } from '../../libs/platform/platform.module.js';
import type { Ground } from '../../libs/platform/stores/ground.js';
import { StoresModule } from '../../libs/platform/stores/stores.module.js';
import { ALWAYS } from '../../libs/platform/stores/turn.js';
import { ApiModule } from '../api/api.module.js';
import { ProjectorModule } from '../projector/projector.module.js';
import { ReactorModule } from '../reactor/reactor.module.js';
import { TopicsModule } from '../relay/topics.module.js';

/** Every part of Amends in one process, on the embedded stores of one folder. */
@Module({})
export class StandaloneModule {
  static on(ground: Ground): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        PlatformModule.with(ground.config),
        StoresModule.on(ground),
        ProjectorModule,
        ReactorModule.in(ALWAYS),
        ApiModule,
        TopicsModule,
      ],
    };
  }
}
