import { Inject, Injectable } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import { verifySeals } from '../../../libs/evidence/verify-seals.js';
import { Problem, notFound } from '../../../libs/platform/problem/problem.js';
import { openAside, type Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import type { Generation } from '../../../libs/read-store/read-store.js';
import type { Inputs } from '../../../libs/read-models/inputs.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { ruleSetHash } from '../../../libs/recovery/rules/hash.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import type { RuleSet } from '../../../libs/recovery/rules/rule-set.js';
import { digestBuild } from '../../../libs/replay/digest.js';
import { ReadModelFollower } from '../../../libs/replay/follower.js';
import { switchGeneration } from '../../../libs/replay/generations.js';
import { rebuild } from '../../../libs/replay/rebuild.js';
import { booksUnder, entriesOf, loadRuleBooks, type RulesInHistory } from '../../../libs/replay/rule-books.js';
import { verifyReadModels, type Difference } from '../../../libs/replay/verify.js';
import type { Sent } from '../http/request-headers.js';
import { problemOfRefusal } from '../http/request-headers.js';
import { RuleCommands } from '../rules/rule-commands.js';

export interface Replayed {
  readonly programme: string;
  readonly ruleSet: string;
  readonly generation: number;
  readonly digestBefore: string;
  readonly digestAfter: string;
}

export interface Verified {
  readonly equal: boolean;
  readonly digest: string;
  readonly rebuilt?: string;
  readonly differences?: readonly Difference[];
  readonly seals: 'intact' | 'broken';
  readonly problems?: readonly string[];
}

/** Builds of the read models beside the one that is served. One at a time: each reads all of history. */
@Injectable()
export class Builds {
  private busy = false;

  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly commands: RuleCommands,
    private readonly follower: ReadModelFollower<Inputs>,
  ) {}

  /** Another build under the rules as they are. */
  rebuild(reason: string): Promise<Generation> {
    return this.alone(async () => {
      const made = await this.build(await loadRuleBooks(this.stores.events), reason);
      await this.follower.refresh();
      return made;
    });
  }

  /** A build under other rules, those rules in force over the past, and the switch to it, in this order. */
  replay(ruleSet: RuleSet, reason: string, sent: Sent): Promise<Replayed> {
    return this.alone(async () => {
      const { events, reads } = this.stores;
      const { programme } = ruleSet;
      const named = { programme, ruleSet: ruleSetHash(ruleSet) };
      const { digest: digestBefore } = await digestBuild(reads);
      const next = await this.build(
        await loadRuleBooks(events, { override: { [programme]: ruleSet } }),
        `rule set ${named.ruleSet}`,
      );
      const { digest: digestAfter } = await digestBuild(reads, next.id);
      await this.act({ type: 'DraftRuleSet', ...named, content: ruleSet }, sent, 'draft');
      await this.act({ type: 'ApproveRuleSet', ...named, reason }, sent, 'approve');
      await this.act(
        { type: 'ActivateRuleSet', ...named, overThePast: true, digestBefore, digestAfter },
        sent,
        'activate',
      );
      this.stores.crashPoint('replay: after activation, before switch');
      await this.switchTo(next.id);
      return { ...named, generation: next.id, digestBefore, digestAfter };
    });
  }

  /** @throws Problem where there is no such build, or it is not ready. */
  async switchTo(generation: number): Promise<{ from: number | undefined; to: number }> {
    const found = (await this.stores.reads.generations()).find(({ id }) => id === generation);
    if (found === undefined) throw notFound(`Generation ${generation}`);
    if (found.status === 'building')
      throw new Problem({
        status: 409,
        code: 'generation-not-ready',
        detail: `Generation ${generation} is still being built.`,
      });
    const switched = await switchGeneration(this.stores.reads, generation);
    await this.follower.refresh();
    return switched;
  }

  async release(generation: number): Promise<void> {
    const found = (await this.stores.reads.generations()).find(({ id }) => id === generation);
    if (found === undefined) throw notFound(`Generation ${generation}`);
    if (found.status === 'live')
      throw new Problem({
        status: 409,
        code: 'generation-live',
        detail: `Generation ${generation} is served. Switch to another first.`,
      });
    await this.stores.reads.release(generation);
    await this.follower.refresh();
  }

  /** Whether history gives what is served once more, and whether its seals are intact. */
  verify(): Promise<Verified> {
    return this.alone(async () => {
      const { events, reads, ledger } = this.stores;
      const live = await reads.live();
      if (live === undefined) throw notFound('A live generation');
      const { publicKey } = await this.stores.signingKey();
      const seals = await verifySeals(events.asStored().readAll(), ledger, publicKey);
      const history = await loadRuleBooks(events);
      const folder = mkdtempSync(join(tmpdir(), 'amends-aside-'));
      const aside = openAside(folder);
      try {
        const { equal, digest, rebuilt, differences } = await verifyReadModels<Inputs>({
          events,
          reads,
          aside,
          projections: READ_MODELS,
          inputs: { rules: booksUnder(entriesOf(live.stamp, history), history.drafts) },
          whileHeld: (work) => this.follower.whileHeld(live.id, work),
        });
        const said = equal ? { equal, digest } : { equal, digest, rebuilt, differences };
        return { ...said, ...(seals.intact ? { seals: 'intact' } : { seals: 'broken', problems: seals.problems }) };
      } finally {
        await aside.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  private build({ books, entries }: RulesInHistory, reason: string): Promise<Generation> {
    const { events, reads } = this.stores;
    return rebuild({ events, reads, projections: READ_MODELS, inputs: { rules: books }, ruleBooks: entries, reason });
  }

  private async act(command: RulesCommand, sent: Sent, step: string): Promise<void> {
    const outcome = await this.commands.execute(command, {
      caller: sent.caller,
      commandId: `${sent.commandId}/${step}`,
    });
    if (isRefusal(outcome)) throw problemOfRefusal(outcome);
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.busy)
      throw new Problem({
        status: 503,
        code: 'build-under-way',
        detail: 'Another build or verification is under way. Try again when it is done.',
        headers: { 'retry-after': '10' },
      });
    this.busy = true;
    try {
      return await work();
    } finally {
      this.busy = false;
    }
  }
}
