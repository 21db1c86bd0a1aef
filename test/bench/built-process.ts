import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The build that contains this file. */
const built = resolve(import.meta.dirname, '../..');

export interface BuiltProcess {
  readonly url: string;
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
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /(http|esdb):\/\/[^\s)]+/.exec(line)?.[0];
    if (url === undefined) continue;
    child.stdout.resume();
    return {
      url,
      end: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`${script} ended without printing its address (exit code ${child.exitCode ?? 'none'}).`);
}
