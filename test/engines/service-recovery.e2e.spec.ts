import { onEngines } from './on-engines.testing.js';

await onEngines('service recovery', () => import('../e2e/service-recovery.e2e.spec.js'));
