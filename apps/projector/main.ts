import { LeasedTurn } from '../../libs/platform/stores/turn.js';
import { runRole } from '../api/http/role.js';
import { ParkedController } from '../api/operations/parked.controller.js';
import { isStarted } from '../standalone/first-start.js';
import { SharedProjectorModule } from './shared-projector.module.js';
import { CurrentBuildModule } from './current-build.module.js';

await runRole({
  name: 'projector',
  parts: ({ leases, stores }) => [
    SharedProjectorModule.by(leases),
    // A build made before the first start has activated its rules would be made again.
    CurrentBuildModule.in(new LeasedTurn(leases), () => isStarted(stores)),
  ],
  controllers: [ParkedController],
});
