import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Lets a child process run our sources: it resolves `.js` in an import to `.ts`. */
const RESOLVE_SOURCES = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    const ours = specifier.startsWith('.') && specifier.endsWith('.js') && !context.parentURL?.includes('/node_modules/');
    return next(ours ? specifier.slice(0, -2) + 'ts' : specifier, context);
  },
});`;

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** All lines that it wrote. */
  readonly ended: Promise<readonly string[]>;
  /** Resolves after so many lines. */
  wrote(lines: number): Promise<void>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

/** Kills what a failed test left running. */
export const endChildren = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** @param program a path relative to this file */
export const startChild = (program: string, ...args: string[]): Child => {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--experimental-transform-types',
      '--import',
      `data:text/javascript,${encodeURIComponent(RESOLVE_SOURCES)}`,
      path,
      ...args,
    ],
    { env: { ...process.env, NODE_OPTIONS: '' } },
  );
  running.add(child);
  let output = '';
  let errors = '';
  const waiting: (() => void)[] = [];
  const lines = (): string[] => output.split('\n').slice(0, -1);
  const ended = new Promise<readonly string[]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      for (const check of waiting) check();
      if (code === null || code === 0) resolve(lines());
      else reject(new Error(`${program} ended with ${code}: ${errors}`));
    });
  });
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    for (const check of waiting) check();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const wrote = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (lines().length >= count || child.exitCode !== null || child.signalCode !== null) resolve();
      };
      waiting.push(check);
      check();
    });
  return { process: child, ended, wrote };
};
