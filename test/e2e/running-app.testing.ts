import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { storesOf } from './stores-on-engines.testing.js';

export const OPERATOR_KEY = 'operator-key-of-the-tests';

let processes: readonly [string, ...string[]] = ['standalone'];

/** Starts every app as these roles from now on; callers talk to the first one. */
export const runAppAs = (...roles: readonly [string, ...string[]]): void => void (processes = roles);

/** Runs the built app as one process or as several, on free ports. */
export class RunningApp {
  private constructor(
    readonly url: string,
    readonly folder: string,
    private readonly first: Process,
    private readonly others: readonly Process[],
  ) {}

  static async start(
    folder = mkdtempSync(join(tmpdir(), 'amends-e2e-')),
    env: Record<string, string> = {},
  ): Promise<RunningApp> {
    const [role, ...others] = processes;
    const first = await startProcess(role, folder, env);
    const rest: Process[] = [];
    for (const each of others) rest.push(await startProcess(each, folder, env));
    const app = new RunningApp(first.url, folder, first, rest);
    // Other processes build the read models.
    if (others.length > 0)
      await eventually(
        async () => ((await app.operator.get('/health/ready')).status === 200 ? true : undefined),
        'ready',
      );
    return app;
  }

  /** Resolves to the exit code. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    for (const each of this.others) await each.end(signal);
    return this.first.end(signal);
  }

  /** Starts an app that will end by itself. Resolves to its signal and its output. */
  static async ending(
    folder: string,
    env: Record<string, string>,
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null; said: string }> {
    const child = spawned('standalone', folder, env);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, said };
  }

  /** The signal that ended the process, once it has ended. */
  async ended(): Promise<NodeJS.Signals | null> {
    return this.first.ended();
  }

  /** One for each process. */
  get urls(): readonly string[] {
    return [this.first, ...this.others].map(({ url }) => url);
  }

  as(key: string | undefined): Caller {
    return new Caller(this.url, key);
  }

  get operator(): Caller {
    return this.as(OPERATOR_KEY);
  }

  /** A caller of this role, with a new key. */
  async caller(name: string, role: string, team?: string): Promise<Caller> {
    const { body } = await this.operator.post('/v1/api-keys', { name, role, ...(team === undefined ? {} : { team }) });
    return this.as(String(body['key']));
  }
}

export interface Process {
  readonly url: string;
  /** Resolves to the exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Resolves to the signal that ended it, once it has ended. */
  ended(): Promise<NodeJS.Signals | null>;
}

/** A built app or role that has reported its address. */
export async function startProcess(role: string, folder: string, env: Record<string, string> = {}): Promise<Process> {
  const child = spawned(role, folder, env);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = async (): Promise<NodeJS.Signals | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.signalCode;
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await ended();
    return child.exitCode;
  };
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /answers at (http:\S+)/.exec(said)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, end, ended };
  }
  throw new Error(`The ${role} ended before it answered:\n${said}`);
}

/** Of an app on a folder, without demo cases. */
export const settingsOn = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  AMENDS_PORT: '0',
  AMENDS_DATA: folder,
  AMENDS_DEMO: 'off',
  AMENDS_LOG_LEVEL: 'error',
  AMENDS_OPERATOR_KEY: OPERATOR_KEY,
});

function spawned(
  role: string,
  folder: string,
  env: Record<string, string>,
): ChildProcessByStdio<null, Readable, Readable> {
  const main = resolve(import.meta.dirname, `../../dist/apps/${role}/main.js`);
  if (!existsSync(main)) throw new Error(`${main} is missing. Run npm run build first.`);
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { ...settingsOn(folder), ...storesOf(folder), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export class Caller {
  /** The position of the last write of any caller; reads wait for it. */
  private static position: string | undefined;

  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
  ) {}

  get(path: string): Promise<Answer> {
    return this.send(
      'GET',
      path,
      undefined,
      Caller.position === undefined ? {} : { 'amends-position': Caller.position },
    );
  }

  async post(path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.send('POST', path, body === undefined ? undefined : JSON.stringify(body), headers);
    Caller.position = answer.headers.get('amends-position') ?? Caller.position;
    return answer;
  }

  async send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' && !text.includes('}\n{') ? JSON.parse(text) : { text }) as Answer['body'],
    };
  }

  static forget(): void {
    Caller.position = undefined;
  }
}

/** Retries until the condition holds, such as for the effect of a reaction. */
export async function eventually<T>(ask: () => Promise<T | undefined>, what: string, seconds = 60): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Within ${seconds} s this did not come: ${what}`);
    await new Promise((again) => setTimeout(again, 20));
  }
}
