import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Ends every connection at once, in the middle of whatever it carries; new ones are taken. */
  cut(): void;
  /** From now on each piece of data waits so long, both ways; 0 lets them pass at once. */
  slow(delayMs: number): void;
  /** Nothing passes any more, or after so many more bytes, but connections stay as they are; until `slow`. */
  stall(afterBytes?: number): void;
  /**
   * Keeps what a client sends, from the piece on that has these words in it. What is given lets it arrive, though its
   * sender has long given up.
   */
  keep(words: string): () => void;
  /** Ends every connection and takes no new ones, as when the server's machine is down; until `slow`. */
  refuse(): void;
  /** How many bytes passed so far, to cut in the middle of something. */
  readonly bytes: number;
  stop(): Promise<void>;
}

interface Kept {
  readonly words: string;
  readonly of: Set<Socket>;
  readonly pieces: (() => void)[];
}

/** Stands between a client and a server, and does to their connection what networks do. */
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
    // A cut connection is what this is for: each side learns of it by its own end.
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
