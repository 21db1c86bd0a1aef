import { onEngines } from './on-engines.testing.js';

await onEngines('a change of rules over HTTP', () => import('../e2e/rules-over-http.e2e.spec.js'));
