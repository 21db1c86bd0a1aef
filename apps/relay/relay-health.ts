import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { RelayState } from './relay.js';

/** Whether the relay follows, over HTTP, for whoever runs it: /health/live and /health/ready. */
export async function serveHealth(
  state: () => RelayState,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const now = state();
    const found = request.method === 'GET' && (request.url === '/health/live' || request.url === '/health/ready');
    const ready = request.url === '/health/live' || now.state === 'following';
    response.writeHead(!found ? 404 : ready ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? now : {}));
  });
  server.listen(Number(env['AMENDS_RELAY_PORT'] ?? 0), env['AMENDS_HOST'] ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}/health/ready`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
