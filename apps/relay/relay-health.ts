import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Answering } from '../../libs/broker/kafka/kafka-answers.js';
import type { RelayState } from './relay.js';

/** Serves /health/live and /health/ready: whether the relay follows history and Kafka answers. */
export async function serveHealth(
  state: () => RelayState,
  kafka: () => Promise<Answering>,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const answer = async ({ method, url }: IncomingMessage): Promise<readonly [number, object]> => {
    if (method !== 'GET' || (url !== '/health/live' && url !== '/health/ready')) return [404, {}];
    if (url === '/health/live') return [200, state()];
    const found = { kafka: await kafka(), ...state() };
    return [found.kafka.up && found.state === 'following' ? 200 : 503, found];
  };
  const server = createServer((request, response) => {
    void answer(request)
      .catch((error: unknown) => [500, { error: String(error) }] as const)
      .then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const listening = server.address() as AddressInfo;
  return {
    url: `http://${listening.address}:${listening.port}/health/ready`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
