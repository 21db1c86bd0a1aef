import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The build that contains this file. */
const built = resolve(import.meta.dirname, '../..');

export interface BuiltProcess {
  readonly url: string;
  /** Microseconds of the processor that it has used so far, as Linux counts them; elsewhere those since its start. */
  used(): number;
  /** Shuts it down. */
  end(): Promise<void>;
}

/** Starts a program of the build and resolves to the address that it prints. */
export async function startBuilt(
  script: string,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<BuiltProcess> {
  const quietly = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning'];
  const child = spawn(process.execPath, [...quietly, join(built, script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const began = performance.now();
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /(http|esdb):\/\/[^\s)]+/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return {
      url,
      used: () => ticksOf(child.pid) ?? (performance.now() - began) * 1_000,
      end: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`${script} ended without printing its address (exit code ${child.exitCode ?? 'none'}).`);
}

/** A hundred ticks a second. */
const TICK_US = 10_000;

/** Undefined on other systems than Linux. */
const ticksOf = (pid: number | undefined): number | undefined => {
  if (process.platform !== 'linux') return undefined;
  // After the name in brackets; the times of user and system are the 14th and 15th fields of all.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
};
