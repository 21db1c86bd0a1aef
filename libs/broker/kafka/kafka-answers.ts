import { errorText } from '../../event-sourcing/error-text.js';
import { asAdmin, type Cluster } from './connection.js';

export type Answering = { readonly up: true } | { readonly up: false; readonly error: string };

/** Asks the brokers. Resolves within about three seconds. */
export async function kafkaAnswers({ impatient }: Cluster): Promise<Answering> {
  try {
    await asAdmin(impatient, (admin) => admin.describeCluster());
    return { up: true };
  } catch (error) {
    return { up: false, error: `Kafka does not answer: ${errorText(error)}` };
  }
}
