import { runRole } from '../api/http/role.js';
import { ParkedController } from '../api/operations/parked.controller.js';
import { isStarted } from '../standalone/first-start.js';
import { SharedProjectorModule } from './shared-projector.module.js';

await runRole({
  name: 'projector',
  parts: ({ leases, stores }) => [SharedProjectorModule.by(leases, () => isStarted(stores))],
  controllers: [ParkedController],
});
