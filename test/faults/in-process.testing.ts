import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { asFailure } from '../../apps/ops/failure.js';
import { makeProgram } from '../../apps/ops/program.js';
import { type Ended, ROOT_FOLDER } from '../e2e/amends.testing.js';

/** Runs a command in this process, with the exit code and the texts that a process would end with. */
export async function amendsHere(...args: readonly string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []];
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  stdout.write = (text: string | Uint8Array): boolean => out.push(String(text)) > 0;
  stderr.write = (text: string | Uint8Array): boolean => err.push(String(text)) > 0;
  try {
    process.exitCode = 0;
    await makeProgram().parseAsync(['node', 'amends', ...args]);
    return { code: Number(process.exitCode), out: out.join(''), err: err.join('') };
  } catch (error) {
    const { message, exitCode } = asFailure(error);
    return { code: exitCode, out: out.join(''), err: `${err.join('')}amends: ${message}\n` };
  } finally {
    [stdout.write, stderr.write] = writes;
    process.exitCode = 0;
  }
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export type AppSaid = { readonly refused: string } | { readonly answers: readonly Answered[] };

/** An app that is started anew for each question. */
export class StartedApps {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor() {
    const program = join(ROOT_FOLDER, 'dist/test/faults/apps-in-turn.testing.js');
    if (!existsSync(program)) throw new Error(`${program} is not there. Build it first: npm run build`);
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
      env: { PATH: process.env['PATH'] },
    });
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async ask(folder: string, paths: readonly string[]): Promise<AppSaid> {
    this.child.stdin.write(`${JSON.stringify({ folder, paths })}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`The process that starts apps has ended: ${this.errors}`);
    return JSON.parse(value) as AppSaid;
  }

  end(): void {
    this.child.kill();
  }
}
