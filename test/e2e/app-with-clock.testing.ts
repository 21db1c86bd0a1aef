import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller, OPERATOR_KEY, settingsOn } from './running-app.testing.js';

/** The built app in a process of its own, with a clock that the test sets. */
export class AppWithClock {
  private constructor(
    private readonly app: ChildProcess,
    readonly url: string,
    readonly folder: string,
  ) {}

  /** @param now UTC, ISO 8601 */
  static async start(now: string): Promise<AppWithClock> {
    Caller.forget();
    const folder = mkdtempSync(join(tmpdir(), 'amends-e2e-'));
    const app = fork(join(import.meta.dirname, 'app-with-set-clock.testing.ts'), [now], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
      env: settingsOn(folder),
    });
    return new AppWithClock(app, await said(app), folder);
  }

  get operator(): Caller {
    return new Caller(this.url, OPERATOR_KEY);
  }

  /** A caller of this role, with a new key. */
  async caller(name: string, role: string, team: string): Promise<Caller> {
    const { body } = await this.operator.post('/v1/api-keys', { name, role, team });
    return new Caller(this.url, String(body['key']));
  }

  async itIs(now: string): Promise<void> {
    this.app.send(now);
    if ((await said(this.app)) !== now) throw new Error(`The app did not set its clock to ${now}.`);
  }

  /** Ends it, and removes its folder. */
  async end(): Promise<void> {
    this.app.kill('SIGTERM');
    await once(this.app, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const said = async (app: ChildProcess): Promise<string> => String(((await once(app, 'message')) as [unknown])[0]);
