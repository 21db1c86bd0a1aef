import { LeasedTurn } from '../../libs/platform/stores/turn.js';
import { CurrentBuildModule } from '../projector/current-build.module.js';
import { beginReactions } from '../reactor/checkpoints.js';
import { loadPlace } from '../reactor/timekeeper-place.js';
import { DeadLettersModule } from '../reactor/dead-letters.module.js';
import { OutboxModule } from '../reactor/outbox.module.js';
import { TriageProgressModule } from '../reactor/triage-progress.module.js';
import { TopicsModule } from '../relay/topics.module.js';
import { firstStart } from '../standalone/first-start.js';
import { ApiModule } from './api.module.js';
import { FollowedElsewhereModule } from './followed-elsewhere.module.js';
import { runRole } from './http/role.js';

await runRole({
  name: 'api',
  first: async (on) => {
    let key: string | undefined;
    // Several may start at once on empty engines.
    await new LeasedTurn(on.leases).during('first-start', new AbortController().signal, async () => {
      key = await on.keys.ensureOperator(on.config.operatorKey);
      await firstStart(on);
    });
    await beginReactions(on.stores);
    await loadPlace(on.stores, on.now());
    return key === undefined ? [] : [`Operator's API key, shown this once: ${key}`];
  },
  parts: ({ leases }) => [
    FollowedElsewhereModule,
    ApiModule,
    TopicsModule,
    DeadLettersModule,
    OutboxModule,
    TriageProgressModule,
    // A change of rules that was lost with an api is finished by the next one that starts; the first build is a projector's.
    CurrentBuildModule.in(new LeasedTurn(leases), () => Promise.resolve(false)),
  ],
});
