import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { clusterOf, type Cluster } from '../../libs/broker/kafka/connection.js';
import { kafkaAnswers } from '../../libs/broker/kafka/kafka-answers.js';
import { kafkaForRelay } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaSubscriber } from '../../libs/broker/kafka/kafka-subscriber.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { sendMessages } from '../../libs/broker/kafka/send-messages.js';
import { Commands } from '../../libs/commands/commands.js';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import type { Config, KafkaConfig } from '../../libs/platform/config/config.js';
import { Readiness } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { CONFIG, STORES } from '../../libs/platform/stores/stores.module.js';
import { pause } from '../../libs/platform/stores/turn.js';
import { receiveResponse } from '../../libs/responses/receive.js';
import { takeInbound } from './inbound.js';
import { Relay } from './relay.js';

/** The actor of responses that come by Kafka. */
const ACTOR = { id: 'kafka', role: 'integrator' } as const;
const AGAIN_AFTER_MS = 2_000;

/** With KAFKA_BROKERS: relays history to Kafka and receives responses from it, until the app stops. */
@Injectable()
export class KafkaService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Kafka');
  private inbound: { up: boolean; error?: string } = { up: false, error: 'It has not begun yet.' };

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {
    super();
  }

  onApplicationBootstrap(): void {
    const { kafka } = this.config;
    if (kafka === undefined) return;
    const cluster = clusterOf(kafka);
    if (kafka.relayHere) this.relay(cluster, kafka);
    this.run(this.takeIn(cluster, kafka));
    this.readiness.register('inbound', () => this.inbound);
    // An idle relay and an idle consumer group notice late that Kafka is gone.
    this.readiness.register('kafka', () => kafkaAnswers(cluster));
  }

  private relay(cluster: Cluster, { topics }: KafkaConfig): void {
    const relay = new Relay({
      history: this.stores.events,
      ...kafkaForRelay(cluster, this.stores.events, topics),
      say: (level, sentence) => this.logger[level](sentence),
    });
    this.run(
      relay.run(this.stop).catch((error: unknown) => {
        this.logger.error({ error: errorText(error) }, 'The relay stopped');
      }),
    );
    this.readiness.register('relay', () => ({ up: relay.state.state === 'following', ...relay.state }));
    this.metrics.gauge('amends_relay_published', 'Events relayed to Kafka since the start', (gauge) =>
      gauge.set(relay.state.published),
    );
  }

  /** Retries whatever is no fault of a message. */
  private async takeIn(cluster: Cluster, { topics }: KafkaConfig): Promise<void> {
    const { commands, rules } = this;
    const signal = this.stop;
    while (!signal.aborted)
      try {
        await makeTopics(cluster, topics);
        await takeInbound(
          {
            subscriber: new KafkaSubscriber(cluster),
            receive: (sent) => receiveResponse({ ...this.stores, commands, rules }, sent, ACTOR),
            reject: (rejects) => sendMessages(cluster, rejects),
            now: () => new Date().toISOString(),
            onState: (state) => {
              this.inbound = state.joined ? { up: true } : { up: false, error: state.because };
            },
          },
          signal,
        );
      } catch (error) {
        this.inbound = { up: false, error: errorText(error) };
        this.logger.warn({ error: this.inbound.error }, 'Could not receive responses from Kafka; trying again');
        await pause(AGAIN_AFTER_MS, signal);
      }
  }
}
