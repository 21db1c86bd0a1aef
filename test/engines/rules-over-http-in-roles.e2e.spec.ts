import { runAppAs } from '../e2e/running-app.testing.js';
import { onEngines } from './on-engines.testing.js';

runAppAs('api', 'projector', 'projector', 'reactor');
await onEngines('a change of rules over HTTP, in roles', () => import('../e2e/rules-over-http.e2e.spec.js'));
