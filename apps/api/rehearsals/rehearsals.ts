import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { idOf } from '../../../libs/event-sourcing/identity.js';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { runInThread, Stopped } from '../../../libs/builds/run-in-thread.js';
import type { WorkProgress, RehearsedInShort, Works } from '../../../libs/builds/work.js';
import { Problem, notFound } from '../../../libs/platform/problem/problem.js';
import { problemOf } from '../../../libs/platform/problem/problem-filter.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { isId } from '../../../libs/platform/validation/formats.js';
import { commandRules } from '../../../libs/rule-changes/command-rules.js';
import { problemOfRefusal, sentBy, type Sent } from '../http/request-headers.js';
import { busy } from '../http/problems.js';

export type Wanted = Omit<Works['rehearse']['input'], 'file' | 'page'>;

/** A running rehearsal. */
export interface Rehearsing {
  readonly id: string;
  progress: WorkProgress;
  /** Settles when the rehearsal is done, refused, failed or stopped. */
  readonly done: Promise<RehearsedInShort>;
  /** Resolves at the next progress. */
  further: Promise<void>;
  readonly stop: AbortController;
}

/** How many results are kept. */
const KEPT = 20;

/** Runs rehearsals in a thread, one at a time, and keeps results in the store's folder. */
@Injectable()
export class Rehearsals implements BeforeApplicationShutdown {
  private running: Rehearsing | undefined;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: Commands,
    private readonly rules: RulesInForce,
  ) {}

  beforeApplicationShutdown(): void {
    this.running?.stop.abort();
  }

  /** The same command again is the same rehearsal. @throws Problem while another is under way. */
  begin(wanted: Wanted, sent: Sent): Rehearsing {
    const id = idOf('rehearsal', sent.commandId);
    if (this.running?.id === id) return this.running;
    if (this.running !== undefined)
      throw busy(
        'rehearsal-under-way',
        `Rehearsal ${this.running.id} is under way.`,
        `Wait for it, or stop it: DELETE /v1/rehearsals/${this.running.id}.`,
        5,
      );
    this.forgetOldest();
    const stop = new AbortController();
    let next = Promise.withResolvers<void>();
    const running: Rehearsing = {
      id,
      progress: { share: 0, events: 0 },
      stop,
      further: next.promise,
      done: this.run(id, wanted, sent, stop.signal, (progress) => {
        const before = next;
        next = Promise.withResolvers();
        running.progress = progress;
        running.further = next.promise;
        before.resolve();
      }).finally(() => {
        this.running = undefined;
        next.resolve();
      }),
    };
    // Callers that wait get the error; others get it when they ask by id.
    running.done.catch((error: unknown) => this.failed.set(id, problemOf(error)));
    this.running = running;
    return running;
  }

  private readonly failed = new Map<string, Problem>();

  /** @throws Problem for an unknown rehearsal, or with the reason why it failed */
  find(id: string): { running: Rehearsing } | { file: string; page: string } {
    if (this.running?.id === id) return { running: this.running };
    const files = this.filesOf(id);
    // Any other id could name files outside of the folder.
    if (isId(id) && existsSync(files.file) && existsSync(files.page)) return files;
    throw this.failed.get(id) ?? notFound(`Rehearsal ${id}`, 'Rehearse the rules again: POST /v1/rehearsals.');
  }

  /** Stops a running rehearsal, or drops the result of a finished one. */
  async drop(id: string): Promise<void> {
    const found = this.find(id);
    if ('running' in found) {
      found.running.stop.abort();
      await found.running.done.catch((error: unknown) => error); // callers that wait get the error
    } else for (const path of [found.file, found.page]) rmSync(path, { force: true });
  }

  filesOf(id: string): { readonly file: string; readonly page: string } {
    return { file: join(this.folder, `${id}.json`), page: join(this.folder, `${id}.html`) };
  }

  private async run(
    id: string,
    wanted: Wanted,
    sent: Sent,
    stopping: AbortSignal,
    onProgress: (progress: WorkProgress) => void,
  ): Promise<RehearsedInShort> {
    const { places } = this.stores;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    let short: RehearsedInShort;
    try {
      const asked = { ...wanted, ...this.filesOf(id) };
      short = await runInThread('rehearse', asked, { places, signal: stopping, onProgress });
    } catch (error) {
      if (error instanceof Stopped) throw new Problem({ status: 409, code: 'stopped', detail: error.message });
      throw error;
    }
    if (wanted.recorded) {
      const { programme, ruleSet, digestBefore, digestAfter, changedCount } = short;
      const command = { type: 'RecordRehearsal', programme, ruleSet, digestBefore, digestAfter, changedCount } as const;
      const { commands, rules } = this;
      const outcome = await commandRules({ commands, rules }, command, sentBy(sent));
      if (isRefusal(outcome)) throw problemOfRefusal(outcome);
    }
    return short;
  }

  private forgetOldest(): void {
    if (!existsSync(this.folder)) return;
    const kept = readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ name, at: statSync(join(this.folder, name)).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { name } of kept.slice(KEPT - 1))
      for (const path of [name, name.replace(/json$/, 'html')]) rmSync(join(this.folder, path), { force: true });
  }

  private get folder(): string {
    return join(this.stores.folder, 'rehearsals');
  }
}
