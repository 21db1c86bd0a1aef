import { errorText } from '../../event-sourcing/error-text.js';
import type { Cluster } from './connection.js';

export type Answering = { readonly up: true } | { readonly up: false; readonly error: string };

/** Asks the brokers. Resolves within about three seconds. */
export async function kafkaAnswers({ impatient }: Cluster): Promise<Answering> {
  const admin = impatient.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return { up: true };
  } catch (error) {
    return { up: false, error: `Kafka does not answer: ${errorText(error)}` };
  } finally {
    await admin.disconnect();
  }
}
