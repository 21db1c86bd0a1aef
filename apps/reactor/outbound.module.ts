import { Inject, Injectable, Logger, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { Commands } from '../../libs/commands/commands.js';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { errorStack } from '../../libs/event-sourcing/error-text.js';
import { Composer } from '../../libs/outbound/compose.js';
import { Outbox } from '../../libs/outbound/outbox.js';
import { answered, recordDelivery } from '../../libs/outbound/record-delivery.js';
import { Sender } from '../../libs/outbound/sender.js';
import type { Config } from '../../libs/platform/config/config.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import { channelTo } from '../../libs/platform/outbound/channel-to.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { pause, type Turn } from '../../libs/platform/stores/turn.js';
import { CONFIG, NOW, STORES } from '../../libs/platform/stores/stores.module.js';
import { KeptRunning } from './kept-running.js';
import { mayPass } from './may-pass.js';
import { OutboxModule } from './outbox.module.js';
import { Outlook } from './outlook.js';
import { BECAUSE_OF_RESTORE, isBeforeRestore, lastRestore, OutboundWriter } from './outbound-writer.js';

const LOOK_EVERY_MS = 500;
const TURN = Symbol('turn');

/** Writes the outbox and sends what is in it, until the app stops. */
@Injectable()
class OutboundService extends KeptRunning implements OnApplicationBootstrap {
  protected readonly logger = new Logger('Outbound');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(STORES) private readonly stores: Stores,
    @Inject(TURN) turn: Turn,
    @Inject(NOW) private readonly now: () => string,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {
    super(turn);
  }

  onApplicationBootstrap(): void {
    const outlook = new Outlook(new Outbox(this.stores.ledger), this.config.destinations, this.now);
    outlook.measure(this.metrics);
    this.readiness.register('outbound', async () => ({
      up: this.failures.size === 0,
      ...(await outlook.summary()),
      ...Object.fromEntries(this.failures),
    }));
    this.keep('outbound', (signal) => this.work(signal));
  }

  /** Both in one turn, so that what is written is sent at once. */
  private async work(turn: AbortSignal): Promise<void> {
    const { events, ledger, crashPoint } = this.stores;
    const { now } = this;
    const { destinations } = this.config;
    const outbox = new Outbox(ledger);
    const sender = await this.senderOf(outbox);
    const writer = new OutboundWriter({
      ...{ events, ledger, outbox, destinations, now, crashPoint, rules: this.rules },
      onRows: () => sender.wake(),
    });
    // Neither goes on alone: what fails ends both, and they begin again together.
    const failed = new AbortController();
    const signal = AbortSignal.any([turn, failed.signal]);
    const both = [writer.run(signal), sender.run(signal, () => pause(LOOK_EVERY_MS, signal))];
    const ended = await Promise.allSettled(
      both.map((one) => one.catch((error: unknown) => (failed.abort(), rethrow(error)))),
    );
    const first = ended.find((one) => one.status === 'rejected');
    if (first) throw first.reason;
  }

  private async senderOf(outbox: Outbox): Promise<Sender> {
    const { events, crashPoint, personal } = this.stores;
    const { commands, now } = this;
    const composer = new Composer({
      ...{ events, personal, now },
      rules: () => this.rules.books(),
      sentBefore: async (row) =>
        (await outbox.ofCase(row.destination, row.case))
          .filter(({ value }) => value.state === 'sent' && value.id !== row.id)
          .map(({ value }) => value.id),
    });
    const restoredAt = await lastRestore(events);
    return new Sender({
      ...{ outbox, mayPass, now, crashPoint },
      destinations: this.config.destinations,
      channelTo: (destination) => channelTo(destination, now),
      compose: async (row, destination) =>
        isBeforeRestore(row, restoredAt) ? BECAUSE_OF_RESTORE : composer.letter(row, destination),
      keep: answered,
      record: (row, destination) => recordDelivery(commands, row, destination),
      chance: Math.random,
      onDead: ({ id, destination, message, case: of, because }) =>
        this.logger.error({ id, destination, message, case: of, because }, 'A message could not be sent'),
      onLost: ({ id, destination }, error) =>
        this.logger.warn(
          { id, destination, error: errorStack(error) },
          'A message is tried again: its row was not stored',
        ),
    });
  }
}

const rethrow = (error: unknown): never => {
  throw error;
};

/** Tells people and systems what happened, in its turn where several processes could. */
@Module({})
export class OutboundModule {
  static in(turn: Turn): DynamicModule {
    return {
      module: OutboundModule,
      imports: [OutboxModule],
      providers: [OutboundService, { provide: TURN, useValue: turn }],
    };
  }
}
