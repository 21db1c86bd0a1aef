import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import autocannon from 'autocannon';
import { startDefaultRules } from '../default-rules.js';
import { fill } from '../history-of-cases.js';
import { syntheticCase } from '../synthetic-history.js';
import type { Figure, Size } from '../measure.js';
import { brokerAtHand } from './broker-at-hand.js';
import { eventStoreAtHand } from './event-store-at-hand.js';
import { readStoreAtHand } from './read-store-at-hand.js';
import { startRoles, until } from './roles-at-hand.js';

const KEY = 'bench-operator-key-0123456789abcdef';
const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
const CASES = 2_000;
/** Commands a second: a little more than the aim. */
const OFFERED = 1_200;
/** The stand-in of MongoDB scans a collection for each document that it changes. */
const OFFERED_TO_STAND_IN = 100;
const CLIENTS = 50;
const PROBE_EVERY_MS = 250;

/**
 * Adds notes to open cases over HTTP at a fixed rate, with one process of each role. It counts the answers, and measures
 * the time from an answer until the read models show the note.
 */
export async function commandsOnEngines(size: Size, folder: string): Promise<Figure[]> {
  const eventStore = await eventStoreAtHand();
  const [readStore, broker] = [
    await readStoreAtHand(join(folder, 'mongodb')),
    await brokerAtHand(join(folder, 'kafka')),
  ];
  const history = eventStore.open();
  try {
    await startDefaultRules(history);
    await fill(history, CASES, true);
    const roles = await startRoles({
      AMENDS_DATA: join(folder, 'keys'),
      AMENDS_OPERATOR_KEY: KEY,
      AMENDS_DEMO: 'off',
      AMENDS_RATE_LIMIT: '10000000',
      EVENT_STORE_URL: eventStore.url,
      EVENT_STORE_PREFIX: eventStore.prefix,
      READ_STORE_URL: readStore.database('read'),
      VAULT_URL: readStore.database('vault'),
      KAFKA_BROKERS: broker.brokers,
      KAFKA_PREFIX: broker.cluster().prefix,
    });
    try {
      const api = new Api(roles.url);
      await until('the cases are in the read models', () => api.shows(idOfCase(CASES - 1)));
      const offered = readStore.isStandIn ? OFFERED_TO_STAND_IN : OFFERED;
      const [rates, lags]: [number[], number[]] = [[], []];
      for (let run = -1; run < size.runs; run++) {
        const { rate, lag } = await load(api, { seconds: size.quick ? 5 : 20, offered, run });
        if (run < 0) continue;
        rates.push(rate);
        lags.push(lag);
      }
      const floors = !readStore.isStandIn;
      return [
        {
          what: 'commands over HTTP on engines, one process of each role',
          unit: 'commands/s',
          ours: rates,
          ...(floors ? { reach: { atLeast: 1_000 } } : {}),
          note: `${offered.toLocaleString('en')}/s offered over ${CLIENTS} connections; ${CASES.toLocaleString('en')} open cases in ${eventStore.name}, read models in ${readStore.name}`,
        },
        {
          what: 'the same, until a command is seen in the read models, at worst',
          unit: 'ms',
          ours: lags,
          ...(floors ? { reach: { atMost: 1_000 } } : {}),
        },
      ];
    } finally {
      await roles.stop();
    }
  } finally {
    await history.close();
    await broker.stop();
    await readStore.stop();
    await eventStore.stop();
  }
}

const idOfCase = (n: number): string => syntheticCase(n, { open: true }).stream.slice('case-'.length);
const noteOn = (id: string): string => `/v1/cases/${id}/notes`;
const noteSaying = (note: string): string => JSON.stringify({ note });

class Api {
  constructor(readonly url: string) {}

  async shows(id: string, position?: string): Promise<boolean> {
    const headers = position === undefined ? HEADERS : { ...HEADERS, 'amends-position': position };
    const answer = await fetch(`${this.url}/v1/cases/${id}`, { headers });
    await answer.arrayBuffer();
    return answer.ok;
  }

  /** Adds a note; resolves to the milliseconds from its answer until the case shows it. */
  async lagOf(id: string, note: string): Promise<number> {
    const answer = await fetch(this.url + noteOn(id), { method: 'POST', headers: HEADERS, body: noteSaying(note) });
    const position = answer.headers.get('amends-position');
    if (!answer.ok || position === null)
      throw new Error(`A note was answered ${answer.status}: ${await answer.text()}`);
    const answered = performance.now();
    await until('a note is seen in the read models', () => this.shows(id, position));
    return performance.now() - answered;
  }
}

interface Load {
  readonly seconds: number;
  readonly offered: number;
  readonly run: number;
}

async function load(api: Api, { seconds, offered, run }: Load): Promise<{ rate: number; lag: number }> {
  const ids = Array.from({ length: CASES }, (_, n) => idOfCase(n));
  let sent = 0;
  let isOver = false;
  const probing = (async (): Promise<number> => {
    let worst = 0;
    for (let probe = 0; !isOver; probe++) {
      worst = Math.max(worst, await api.lagOf(ids[(probe * 37) % CASES] ?? '', `probe ${probe} of run ${run}`));
      await after(PROBE_EVERY_MS);
    }
    return worst;
  })();
  const { requests, duration, non2xx, errors } = await autocannon({
    url: api.url,
    connections: CLIENTS,
    overallRate: offered,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: HEADERS,
        setupRequest: (request) => {
          const n = sent++;
          return { ...request, path: noteOn(ids[n % CASES] ?? ''), body: noteSaying(`note ${n} of run ${run}`) };
        },
      },
    ],
  });
  isOver = true;
  if (non2xx + errors > 0)
    throw new Error(`${non2xx} of ${requests.total} notes were not answered 2xx, ${errors} failed.`);
  return { rate: requests.total / duration, lag: await probing };
}
