import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jarsOf, launcherOf, type Engine } from './jars.js';

export interface JavaProcess {
  /** The content of its ready line. */
  readonly ready: RegExpExecArray;
  /** Shuts it down. */
  stop(): Promise<void>;
  /** Kills it, like a power cut. */
  kill(): Promise<void>;
}

export interface JavaOptions {
  /** The file of its log. */
  readonly folder: string;
  readonly options?: readonly string[];
  readonly args: readonly string[];
  /** Matches the line on its standard output that says it is ready. */
  readonly readyLine: RegExp;
}

const READY_MS = 60_000;

/** Starts an engine's launcher and waits until it is ready. It ends with this process, even if that is killed. */
export async function startJava(
  engine: Engine,
  { folder, options = [], args, readyLine }: JavaOptions,
): Promise<JavaProcess> {
  const jars = await jarsOf(engine);
  const logFile = join(folder, `${engine}.log`);
  const child = spawn('java', [...options, '-cp', join(jars, '*'), launcherOf(engine), ...args], { stdio: 'pipe' });
  child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ready = await new Promise<RegExpExecArray>((resolve, reject) => {
    const failed = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${engine} ${why}. The end of ${logFile}:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`));
    };
    const timer = setTimeout(() => failed(`was not ready within ${READY_MS / 1_000} s`), READY_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      failed(`ended with ${code}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = readyLine.exec(line);
      if (!said) return;
      clearTimeout(timer);
      resolve(said);
    });
  });
  return {
    ready,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
