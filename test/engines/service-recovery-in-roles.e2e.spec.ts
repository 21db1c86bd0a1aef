import { runAppAs } from '../e2e/running-app.testing.js';
import { onEngines } from './on-engines.testing.js';

runAppAs('api', 'projector', 'projector', 'reactor');
await onEngines('service recovery, in roles', () => import('../e2e/service-recovery.e2e.spec.js'));
