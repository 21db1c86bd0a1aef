import { carryOut } from '../../../apps/reactor/carry-out.js';
import { Errands } from '../../../apps/reactor/errands.js';
import { AccessLog } from '../../../apps/api/queries/access-log.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { wayIn, type WayIn } from '../../../libs/platform/stores/ground.js';
import { openStores, type Stores } from '../../../libs/platform/stores/open-stores.js';
import { triageResponse } from '../../../libs/reactions/triage-response.js';
import { intakeId, streamOf } from '../../../libs/recovery/aggregates.js';
import type { RecordedEvent, RecoveryEvent } from '../../../libs/recovery/history.js';
import { startDefaultRules } from '../default-rules.js';
import { syntheticCase } from '../synthetic-history.js';
import type { Factors } from './factors.js';
import { caseOf, eventsOf, NOW, responseOf } from './grown-history.js';

const OPERATIONS = 60;
const AT_ONCE = 500;
const DAY = NOW.slice(0, 10);
/** The team of the default rules. */
const CARE = 'care';
const INTAKE = streamOf('intake', intakeId(CARE, DAY));
const TEAM = streamOf('team', CARE);

/** A store with streams that are so long. */
export class PathsOfStreams {
  private runs = 0;

  private constructor(
    readonly size: number,
    private readonly stores: Stores,
    private readonly way: WayIn,
  ) {}

  static async grow(folder: string, size: number): Promise<PathsOfStreams> {
    const stores = await openStores({ folder }, { mode: 'write' });
    const { events } = stores;
    await startDefaultRules(events, { unthrottled: true });
    await appendLong(stores, INTAKE, size, allocated);
    await appendLong(stores, TEAM, size, changedTeam);
    await appendLong(stores, `access-${new Date().toISOString().slice(0, 10)}`, size, accessed);
    const { stream, events: before } = syntheticCase(0, { open: true });
    await events.append(stream, before, 0);
    await appendLong(
      stores,
      stream,
      size,
      () => ({ type: 'ContactAttempted', data: { channel: 'phone', outcome: 'no-answer' } }),
      before.length,
    );
    const way = await wayIn(stores, () => NOW);
    return new PathsOfStreams(size, stores, way);
  }

  async measure(to: Factors): Promise<void> {
    const { stores, size } = this;
    const run = `run ${this.runs++}`;
    await to.measure('append to one stream', size, OPERATIONS, async (n) => {
      const { revision } = await stores.events.readStream(INTAKE, { direction: 'backwards', limit: 1 });
      await stores.events.append(INTAKE, eventsOf(INTAKE, [allocated(n, run)], { from: revision }), revision);
    });
    await to.measure('command on one stream', size, OPERATIONS, (n) => this.note(run, n));
    await to.measure('command on one stream, sent again', size, OPERATIONS, (n) => this.note(run, n));
    await this.triage(to, run);
    const log = new AccessLog(stores);
    const caller = { id: 'k', name: 'ana', role: 'agent' as const };
    await to.measure('record of an access', size, OPERATIONS, () =>
      log.recordFields(caller, { route: 'GET /v1/cases/:id', fields: ['comment'] }),
    );
  }

  close(): Promise<void> {
    return this.stores.close();
  }

  /** From the response to its case. */
  private async triage(to: Factors, run: string): Promise<void> {
    const { events } = this.stores;
    const { commands, rules } = this.way;
    const errands = new Errands(triageResponse, {
      events,
      rules: () => rules.books(),
      openCases: async () => ({}),
      lastOwner: async () => undefined,
      openCasesOf: async () => [],
    });
    const received: RecordedEvent[] = [];
    for (let n = 0; n < OPERATIONS; n++) {
      const { customer } = caseOf(n);
      const event = responseOf(`${run} ${n}`, customer);
      const stream = `response-${idOf('bench response', `${run} ${n}`)}`;
      await events.append(stream, eventsOf(stream, [event], { shardKey: customer }), 0);
      received.push(...((await events.readStream(stream)).events as readonly RecordedEvent[]));
    }
    const carriedOut = async (event: RecordedEvent): Promise<void> => {
      for (const errand of await errands.of(event)) {
        const outcome = await carryOut(commands, errand);
        if (isRefusal(outcome)) throw new Error(outcome.because);
      }
    };
    await to.measure('intake of a response', this.size, OPERATIONS, async (n) => {
      const event = received[n];
      if (event) await carriedOut(event);
    });
    const { events: last } = await events.readStream(INTAKE, { direction: 'backwards', limit: OPERATIONS });
    await to.measure('triage after its intake', this.size, OPERATIONS, async (n) => {
      const event = last[n];
      if (event) await carriedOut(event as RecordedEvent);
    });
  }

  private async note(run: string, n: number): Promise<void> {
    const outcome = await this.way.commands.execute({
      ...{ aggregate: 'case', id: caseOf(0).id, command: { type: 'AddNote', note: 'Rings back at five.' } },
      actor: { id: 'agent-1', role: 'agent' },
      commandId: idOf(run, 'note', n),
      chosenId: true,
    });
    if (isRefusal(outcome)) throw new Error(outcome.because);
  }
}

async function appendLong(
  { events }: Stores,
  stream: string,
  count: number,
  eventAt: (n: number) => RecoveryEvent,
  after = 0,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => eventAt(from + n));
    await events.append(stream, eventsOf(stream, some, { from: after + from }), after + from);
  }
}

const allocated = (n: number, run = ''): RecoveryEvent => ({
  type: 'IntakeAllocated',
  data: {
    response: idOf('earlier response', run, n),
    case: idOf('earlier case', run, n),
    team: CARE,
    owner: `agent-${n % 40}`,
    by: 'rule',
    kind: 'recover',
    priority: 'high',
    score: 'low',
    rule: 'low/yes',
    ruleSet: 'bench',
  },
});

const changedTeam = (n: number): RecoveryEvent => ({
  type: 'TeamChanged',
  data: {
    team: CARE,
    name: 'Customer care',
    members: [{ id: `agent-${n % 40}`, role: 'agent' }],
    fallbackOwner: 'sue',
  },
});

const accessed = (): RecoveryEvent =>
  ({
    type: 'AccessRecorded',
    data: { customer: caseOf(0).customer, route: 'GET /v1/cases/:id', fields: ['comment'] },
  }) as RecoveryEvent;
