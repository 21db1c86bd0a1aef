import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineAbsent } from './jars.js';
import { startKafka } from './kafka.js';
import { startMongoDb } from './mongodb.js';

const USAGE = `npm run engines -- [mongodb] [kafka] [options]
Starts engines for tests and for work by hand, on loopback, until it is stopped or its parent ends.
  --folder FOLDER       where their data are kept (default: a new one, removed at the end)
  --mongodb-port PORT   default 27117
  --kafka-port PORT     default 29092; its controller takes the port after it
  --env                 prints lines that a shell can read, and nothing else, on standard output
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    folder: { type: 'string' },
    'mongodb-port': { type: 'string', default: '27117' },
    'kafka-port': { type: 'string', default: '29092' },
    env: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const wants = (engine: string): boolean => positionals.length === 0 || positionals.includes(engine);
const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  process.stderr.write(`A port is a number from 1 to 65535, not "${text}".\n`);
  process.exit(2);
};

if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const unknown = positionals.filter((name) => name !== 'mongodb' && name !== 'kafka');
if (unknown.length > 0) {
  process.stderr.write(`There is no engine ${unknown.join(', ')}. Choose from mongodb, kafka.\n`);
  process.exit(2);
}

const kept = values.folder === undefined ? undefined : resolve(values.folder);
const folder = kept ?? mkdtempSync(join(tmpdir(), 'amends-engines-'));
const running: { stop(): Promise<void> }[] = [];

let stopping = false;
const stop = async (code: number): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await Promise.all(running.map((engine) => engine.stop()));
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
};
process.once('SIGINT', () => void stop(0));
process.once('SIGTERM', () => void stop(0));

// A killed parent sends no signal, but its children get another parent.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void stop(0);
}, 500);

const say = (line: string): void => void (values.env ? process.stderr : process.stdout).write(`${line}\n`);
try {
  const started = await Promise.all([
    wants('mongodb') && startMongoDb(folder, portOf(values['mongodb-port'])),
    wants('kafka') &&
      startKafka(folder, {
        port: portOf(values['kafka-port']),
        controllerPort: portOf(values['kafka-port']) + 1,
      }),
  ]);
  const [mongodb, kafka] = started;
  if (mongodb) {
    running.push(mongodb);
    say(`MongoDB test server: ${mongodb.url}`);
    if (values.env) process.stdout.write(`READ_STORE_TEST_URL=${mongodb.url}\n`);
  }
  if (kafka) {
    running.push(kafka);
    say(`Kafka: ${kafka.brokers}`);
    if (values.env) process.stdout.write(`KAFKA_TEST_BROKERS=${kafka.brokers}\n`);
  }
  say(`Data in ${folder}. Ctrl-C stops them.`);
  if (values.env) process.stdout.write('ENGINES=ready\n');
} catch (error) {
  process.stderr.write(`${error instanceof EngineAbsent ? error.message : String(error)}\n`);
  await stop(1);
}
