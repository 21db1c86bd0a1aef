import { clusterOf } from '../../libs/broker/kafka/connection.js';
import { kafkaAnswers } from '../../libs/broker/kafka/kafka-answers.js';
import { kafkaForRelay } from '../../libs/broker/kafka/kafka-for-relay.js';
import { errorText } from '../../libs/event-sourcing/error-text.js';
import { ConfigurationMistaken, readConfig } from '../../libs/platform/config/config.js';
import { sayPlaces } from '../../libs/platform/config/store-places.js';
import { openHistory } from '../../libs/platform/stores/open-stores.js';
import { Relay } from './relay.js';
import { serveHealth } from './relay-health.js';

const STOP_WITHIN_MS = 10_000;
const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

/** The relay as a process of its own, which reads history while another process writes it. */
try {
  const config = readConfig(process.env);
  const { kafka } = config;
  if (kafka === undefined)
    throw new ConfigurationMistaken([
      'KAFKA_BROKERS must name the brokers to relay to; without Kafka, subscribers use GET /v1/topics/{topic}/events',
    ]);
  const history = await openHistory(config.places, { mode: 'read', onlyAcknowledged: true, notice: say });
  const cluster = clusterOf(kafka);
  const relay = new Relay({
    history,
    ...kafkaForRelay(cluster, history, kafka.topics),
    say: (_level, sentence) => say(sentence),
  });
  const stopping = new AbortController();
  const health = await serveHealth(
    () => relay.state,
    () => kafkaAnswers(cluster),
    { host: config.host, port: config.relayPort },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      // A forced end loses nothing: what was not committed is sent again.
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      stopping.abort();
    });
  process.stdout.write(
    `The relay follows ${sayPlaces(config.places).history} to ${kafka.brokers.join(', ')} (health: ${health.url})\n`,
  );
  await relay.run(stopping.signal);
  await health.close();
  await history.close();
} catch (error) {
  say(errorText(error));
  process.exit(1);
}
