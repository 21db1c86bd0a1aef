import { LeasedTurn } from '../../libs/platform/stores/turn.js';
import { runRole } from '../api/http/role.js';
import { ReactorModule } from './reactor.module.js';

await runRole({ name: 'reactor', parts: ({ leases }) => [ReactorModule.in(new LeasedTurn(leases))] });
