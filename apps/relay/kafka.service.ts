import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { clusterOf, type Cluster } from '../../libs/broker/kafka/connection.js';
import { kafkaAnswers } from '../../libs/broker/kafka/kafka-answers.js';
import { kafkaForRelay } from '../../libs/broker/kafka/kafka-for-relay.js';
import { KafkaSubscriber } from '../../libs/broker/kafka/kafka-subscriber.js';
import { makeTopics } from '../../libs/broker/kafka/make-topics.js';
import { sendMessages } from '../../libs/broker/kafka/send-messages.js';
import { Commands } from '../../libs/commands/commands.js';
import { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { errorStack, errorText } from '../../libs/event-sourcing/error-text.js';
import { Background } from '../../libs/platform/background.js';
import type { Config, KafkaConfig } from '../../libs/platform/config/config.js';
import { Readiness, type Finding } from '../../libs/platform/health/readiness.js';
import { Metrics } from '../../libs/platform/metrics/metrics.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import { CONFIG, STORES } from '../../libs/platform/stores/stores.module.js';
import { pause } from '../../libs/platform/stores/turn.js';
import { receiveResponse } from '../../libs/responses/receive.js';
import { Inbound } from './inbound.js';
import { Relay } from './relay.js';

/** The actor of responses that come by Kafka. */
const ACTOR = { id: 'kafka', role: 'integrator' } as const;
const AGAIN_AFTER_MS = 2_000;

/** With KAFKA_BROKERS: relays history to Kafka and receives responses from it, until the app stops. */
@Injectable()
export class KafkaService extends Background implements OnApplicationBootstrap {
  private readonly logger = new Logger('Kafka');
  private joined: { up: boolean; error?: string } = { up: false, error: 'It has not begun yet.' };

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
    const inbound = this.inbound(cluster, kafka);
    this.run(this.takeIn(cluster, kafka, inbound));
    this.readiness.register('inbound', () => this.healthOf(inbound));
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
  private async takeIn(cluster: Cluster, { topics }: KafkaConfig, inbound: Inbound): Promise<void> {
    const signal = this.stop;
    while (!signal.aborted)
      try {
        await makeTopics(cluster, topics);
        await inbound.run(signal);
      } catch (error) {
        // A stop ends messages that wait for their next try: they come again at the next start.
        if (signal.aborted) return;
        this.joined = { up: false, error: errorText(error) };
        this.logger.warn({ error: this.joined.error }, 'Could not receive responses from Kafka; trying again');
        await pause(AGAIN_AFTER_MS, signal);
      }
  }

  private inbound(cluster: Cluster, { patience }: KafkaConfig): Inbound {
    const { commands, rules } = this;
    return new Inbound({
      subscriber: new KafkaSubscriber(cluster),
      patience,
      receive: (sent) => receiveResponse({ ...this.stores, commands, rules }, sent, ACTOR),
      reject: (rejects) => sendMessages(cluster, rejects),
      now: () => new Date().toISOString(),
      pause,
      onState: (state) => {
        this.joined = state.joined ? { up: true } : { up: false, error: state.because };
      },
      onFailure: ({ at, error }) => this.logger.error({ at, trace: errorStack(error) }, 'A response from Kafka failed'),
    });
  }

  private healthOf({ waiting }: Inbound): Finding {
    if (!this.joined.up || waiting === undefined) return this.joined;
    const { messages, because, isDown } = waiting;
    return isDown ? { up: false, waiting: messages, error: because } : { up: true, waiting: messages, because };
  }
}
