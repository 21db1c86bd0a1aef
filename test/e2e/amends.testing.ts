import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { storesOf } from './stores-on-engines.testing.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/apps/ops/main.js');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function built(): string {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there. Build it first: npm run build`);
  return MAIN;
}

const NODE = ['--disable-warning=ExperimentalWarning'];
const options = { cwd: ROOT, maxBuffer: 512 * 1024 * 1024 };

/** Jest gives each spec its own environment, which a child process does not inherit. */
function environmentOf(args: readonly string[]): NodeJS.ProcessEnv {
  const folder = args[args.indexOf('--data') + 1];
  return { ...process.env, ...(args.includes('--data') && folder !== undefined ? storesOf(folder) : {}) };
}

/** Runs the built command line as a user would. */
export const amends = (...args: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    const env = environmentOf(args);
    execFile(process.execPath, [...NODE, built(), ...args], { ...options, env }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });

/** Crashes at a named step between two writes, like at a power cut. */
export const crashAmends = (at: string, ...args: readonly string[]): Promise<string | null> =>
  new Promise((done) => {
    const env = { ...process.env, AMENDS_CRASH_AT: at };
    spawn(process.execPath, [...NODE, built(), ...args], { cwd: ROOT, stdio: 'ignore', env }).on('exit', (_, signal) =>
      done(signal),
    );
  });

/** The command's answer as JSON: standard output has nothing else. @throws Error with its output if it fails. */
export async function amendsJson<T>(...args: readonly string[]): Promise<T> {
  const { code, out, err } = await amends(...args, '--json');
  if (code !== 0) throw new Error(`amends ${args.join(' ')} ended with ${code}: ${err}${out}`);
  return JSON.parse(out) as T;
}

/** Starts it and does not wait for its end. */
export const startAmends = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [...NODE, built(), ...args], { cwd: ROOT, stdio: 'ignore' });

/** A file of real data. @throws Error that says where to put it */
export function sample(name: string): string {
  const folder = process.env['AMENDS_SAMPLE_DATA'] ?? join(ROOT, '../shared/data');
  const file = join(folder, name);
  if (!existsSync(file)) {
    throw new Error(`The real data ${file} is missing. Put it there, or name its folder by AMENDS_SAMPLE_DATA.`);
  }
  return file;
}

export const ROOT_FOLDER = ROOT;
