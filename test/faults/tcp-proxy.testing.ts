import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection at once, also in mid-message; accepts new ones. */
  cut(): void;
  /** Delays each chunk both ways from now on; 0 stops delaying. */
  slow(delayMs: number): void;
  /** Stalls all connections, at once or after so many more bytes, without closing them, until `slow`. */
  stall(afterBytes?: number): void;
  /** Holds back what a client sends from the chunk on that contains this text. The result releases it, however late. */
  keep(words: string): () => void;
  /** Cuts every connection and refuses new ones, like a server that is down, until `slow`. */
  refuse(): void;
  /** The bytes that passed so far, to cut in the middle of something. */
  readonly bytes: number;
  stop(): Promise<void>;
}

interface Kept {
  readonly words: string;
  readonly of: Set<Socket>;
  readonly pieces: (() => void)[];
}

/** A proxy that simulates faults of the network between a client and a server. */
export async function startProxy(toPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let refusing = false;
  let bytes = 0;
  let stallsAt = Infinity;
  let kept: Kept | undefined;

  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (data: Buffer) => {
      bytes += data.length;
      if (bytes > stallsAt) delayMs = Infinity;
      if (kept && (kept.of.has(to) || data.includes(kept.words))) {
        kept.of.add(to);
        kept.pieces.push(() => to.write(data));
      } else if (delayMs === 0) to.write(data);
      else if (delayMs < Infinity) setTimeout(() => to.write(data), delayMs);
    });
    from.on('close', () => void (kept?.of.has(to) || to.destroy()));
    // Errors of a cut connection are expected here.
    from.on('error', () => to.destroy());
    sockets.add(from);
    from.on('close', () => sockets.delete(from));
  };

  const server = createServer({ noDelay: true }, (client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const behind = connect({ port: toPort, host: '127.0.0.1', noDelay: true });
    pass(client, behind);
    pass(behind, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A proxy without a port.');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    get bytes() {
      return bytes;
    },
    cut,
    slow: (ms) => {
      [delayMs, stallsAt] = [ms, Infinity];
      refusing = false;
    },
    stall: (afterBytes = 0) => (stallsAt = bytes + afterBytes),
    keep: (words) => {
      const keeping: Kept = { words, of: new Set(), pieces: [] };
      kept = keeping;
      return () => {
        for (const arrive of keeping.pieces) arrive();
        kept = undefined;
      };
    },
    refuse: () => {
      refusing = true;
      cut();
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
