import { Inject, Injectable } from '@nestjs/common';
import type { Done } from '../../../libs/commands/commands.js';
import { RulesInForce } from '../../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import { ReadModelBuilds, type BuildWanted } from '../../../libs/builds/read-model-builds.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { STORES } from '../../../libs/platform/stores/stores.module.js';
import { plansReplacedBy } from '../../../libs/recovery/rules/book-history.js';
import type { BookEntry } from '../../../libs/recovery/rules/rule-book.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import type { PlannedRules, RulesEvent } from '../../../libs/recovery/rules/rules-events.js';
import { approvedPlan, type CarriedOut } from '../../../libs/rehearsal/carry-out.js';
import { bookToReturnTo } from '../../../libs/rehearsal/rules-told.js';
import { problemOfRefusal, type Sent } from '../http/request-headers.js';
import { Builds } from '../generations/builds.js';
import { RuleCommands } from './rule-commands.js';

type Acts = { readonly [Event in RulesEvent as Event['type']]: Event['data'] };

export interface RulesNamed {
  readonly programme: string;
  readonly ruleSet: string;
}

export interface ActivatedOverThePast extends RulesNamed {
  readonly generation: number;
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** What came since the rehearsal, and what that changes; history does not hold it for one who asks again. */
  readonly since?: CarriedOut['since'];
  readonly replaces: readonly PlannedRules[];
}

export interface RolledBack {
  readonly programme: string;
  readonly done: 'rolled back';
  /** What holds again. */
  readonly book: readonly BookEntry[];
  readonly generation: number;
  readonly digestBefore: string;
  readonly digestAfter: string;
}

export interface ActivatedFromATimeOn extends RulesNamed {
  readonly done: Done;
  readonly generation: number;
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** What was planned for later and now never takes force. */
  readonly replaces: readonly PlannedRules[];
}

/** Puts rules in force and takes them back: the act in history, and right after it the switch to a build under them. */
@Injectable()
export class Activations {
  constructor(
    @Inject(STORES) private readonly stores: Stores,
    private readonly rules: RulesInForce,
    private readonly commands: RuleCommands,
    private readonly builds: ReadModelBuilds,
    private readonly underWay: Builds,
  ) {}

  /** @throws Problem that says what has moved since it was rehearsed, or that it was not, or is not approved. */
  overThePast({ programme, ruleSet }: RulesNamed, sent: Sent): Promise<ActivatedOverThePast> {
    return this.underWay.alone(`rule set ${ruleSet}`, async (working) => {
      const before = await this.doneBefore('RuleSetActivated', programme, sent);
      if (before) {
        const { replaces = [] } = before;
        return { programme, ruleSet: before.ruleSet, ...(await this.served(before, working)), replaces };
      }
      const at = new Date().toISOString();
      const carried = unlessRefused(await this.builds.carryOut({ programme, ruleSet, at }, working));
      const { generation, digestBefore, digestAfter, since } = carried;
      const digests = { digestBefore, digestAfter };
      const done = await this.act({ type: 'ActivateRuleSet', programme, ruleSet, overThePast: true, ...digests }, sent);
      this.stores.crashPoint('replay: after activation, before switch');
      await this.builds.switchTo(generation.id);
      return {
        programme,
        ruleSet,
        generation: generation.id,
        ...digests,
        since,
        replaces: plansReplacedBy(done.events),
      };
    });
  }

  /**
   * Past verdicts keep the rules they had; clocks that run are read anew, in a build beside. Such rules need no
   * rehearsal, but one that was made and approved must still fit. @throws Problem
   */
  fromATimeOn(named: RulesNamed, from: string | undefined, sent: Sent): Promise<ActivatedFromATimeOn> {
    return this.underWay.alone(`rule set ${named.ruleSet} from ${from ?? 'now'} on`, async (working) => {
      const { events, ledger } = this.stores;
      const before = await this.doneBefore('RuleSetActivated', named.programme, sent);
      const plan = before ?? (await approvedPlan({ events, ledger, ...named }, this.rules.history));
      if (isRefusal(plan) && plan.refused !== 'rule-set-not-rehearsed') throw problemOfRefusal(plan);
      const digestBefore = before?.digestBefore ?? (await this.builds.digest('live'));
      const since = from === undefined ? {} : { from };
      const done = await this.act({ type: 'ActivateRuleSet', ...named, ...since, digestBefore }, sent);
      this.stores.crashPoint('replay: after activation, before switch');
      const { id } = await this.builds.bringUpToDate(working);
      const digestAfter = await this.builds.digest(id);
      return { ...named, done, generation: id, digestBefore, digestAfter, replaces: plansReplacedBy(done.events) };
    });
  }

  /** To the book before the last activation, and to the build under it, which is kept, or made. @throws Problem */
  rollBack(programme: string, reason: string, sent: Sent): Promise<RolledBack> {
    return this.underWay.alone(`roll back ${programme}`, async (working) => {
      const before = await this.doneBefore('RuleSetRolledBack', programme, sent);
      if (before) return { programme, done: 'rolled back', book: before.book, ...(await this.served(before, working)) };
      const command: RulesCommand = { type: 'RollBackRules', programme, reason };
      const book = await bookToReturnTo(this.stores.events, programme);
      if (book === undefined) {
        await this.act(command, sent); // which says why not
        throw new Error('A roll-back without a book to return to must be refused.');
      }
      const books = { [programme]: book };
      const next = (await this.builds.kept(books)) ?? (await this.builds.build({ ...working, books }));
      const digestBefore = await this.builds.digest('live');
      const digestAfter = await this.builds.digest(next.id);
      await this.act({ ...command, digestBefore, digestAfter }, sent);
      this.stores.crashPoint('replay: after activation, before switch');
      if (next.status !== 'live') await this.builds.switchTo(next.id);
      return { programme, done: 'rolled back', book, generation: next.id, digestBefore, digestAfter };
    });
  }

  /** What a command that is sent again did: by now the rules may have moved on, by it or by others. */
  private async doneBefore<T extends keyof Acts>(
    type: T,
    programme: string,
    { commandId }: Sent,
  ): Promise<Acts[T] | undefined> {
    const { events } = await this.stores.events.readStream(`rules-${programme}`);
    const done = events.find((event) => event.type === type && event.commandId === commandId);
    return done?.data as Acts[T] | undefined; // an event's type decides its data
  }

  /** The first time may have been cut off before the switch. */
  private async served(
    { digestBefore = '', digestAfter = '' }: Acts['RuleSetActivated' | 'RuleSetRolledBack'],
    working: BuildWanted,
  ): Promise<Pick<RolledBack, 'generation' | 'digestBefore' | 'digestAfter'>> {
    const { id } = await this.builds.bringUpToDate(working);
    return { generation: id, digestBefore, digestAfter };
  }

  private async act(command: RulesCommand, sent: Sent): Promise<Done> {
    return unlessRefused(await this.commands.execute(command, sent));
  }
}

function unlessRefused<T extends object>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw problemOfRefusal(outcome);
  return outcome;
}
