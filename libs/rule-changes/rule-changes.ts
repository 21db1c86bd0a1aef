import type { Commands, Done } from '../commands/commands.js';
import type { RulesInForce } from '../commands/rules-in-force.js';
import type { CrashPoint } from '../event-sourcing/crash-point.js';
import { isRefusal, type Refusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { streamOf } from '../recovery/aggregates.js';
import { plansReplacedBy } from '../recovery/rules/book-history.js';
import { ruleSetHash } from '../recovery/rules/hash.js';
import type { BookEntry } from '../recovery/rules/rule-book.js';
import type { RulesCommand } from '../recovery/rules/rule-decider.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import type { PlannedRules, RulesEvent } from '../recovery/rules/rules-events.js';
import { approvedPlan, type CarriedOut } from '../rehearsal/carry-out.js';
import { bookToReturnTo } from '../rehearsal/rule-history.js';
import type { Builds, NamedRules } from './builds.js';
import { commandRules, type Sent } from './command-rules.js';

export interface Surroundings {
  readonly events: EventStore;
  readonly ledger: Ledger;
  readonly commands: Commands;
  readonly rules: RulesInForce;
  readonly builds: Builds;
  readonly crashPoint: CrashPoint;
}

/** The build that is served after a change, and the digests of what was served before it and after. */
interface Served {
  readonly generation: number;
  readonly digestBefore: string;
  readonly digestAfter: string;
}

export interface Replayed extends NamedRules, Served {}

export interface ActivatedOverThePast extends NamedRules, Served {
  /** What was planned for later and now never takes force. */
  readonly replaces: readonly PlannedRules[];
  /** What came since the rehearsal, and what that changes; history does not hold it for a caller who asks again. */
  readonly since?: CarriedOut['since'];
}

export interface ActivatedFromATimeOn extends Omit<ActivatedOverThePast, 'since'> {
  readonly done: Done;
}

export interface RolledBack extends Served {
  readonly programme: string;
  readonly done: 'rolled back';
  /** What holds again. */
  readonly book: readonly BookEntry[];
}

type Acts = { readonly [Event in RulesEvent as Event['type']]: Event['data'] };

/**
 * Puts rules in force and takes them back: history records the act, and the switch to a build under them follows it.
 * `serveCurrent` finishes the switch after a crash in between.
 */
export class RuleChanges {
  constructor(private readonly on: Surroundings) {}

  /** Reads all of history under rules that were rehearsed and approved; refuses where something has moved since. */
  async activateOverThePast({ programme, ruleSet }: NamedRules, sent: Sent): Promise<ActivatedOverThePast | Refusal> {
    const before = await this.doneBefore('RuleSetActivated', programme, sent);
    if (before) {
      const { replaces = [] } = before;
      return { programme, ruleSet: before.ruleSet, ...(await this.served(before)), replaces };
    }
    const carried = await this.on.builds.carryOut({ programme, ruleSet, at: new Date().toISOString() });
    if (isRefusal(carried)) return carried;
    const { generation, digestBefore, digestAfter, since } = carried;
    const digests = { digestBefore, digestAfter };
    const command = { type: 'ActivateRuleSet', programme, ruleSet, overThePast: true, ...digests } as const;
    const done = await commandRules(this.on, command, sent);
    if (isRefusal(done)) return done;
    await this.switchTo(generation.id);
    return { programme, ruleSet, generation: generation.id, ...digests, since, replaces: plansReplacedBy(done.events) };
  }

  /**
   * Puts rules in force from a time on, or from now. Past verdicts keep the rules they had; another build reads the
   * clocks that run anew. Such rules need no rehearsal, but one that was made and approved must still fit.
   */
  async activateFrom(named: NamedRules, from: string | undefined, sent: Sent): Promise<ActivatedFromATimeOn | Refusal> {
    const { builds, rules, crashPoint } = this.on;
    const before = await this.doneBefore('RuleSetActivated', named.programme, sent);
    const plan = before ?? (await approvedPlan({ ...this.on, ...named }, rules.history));
    if (isRefusal(plan) && plan.refused !== 'rule-set-not-rehearsed') return plan;
    const digestBefore = before?.digestBefore ?? (await builds.digest('live'));
    const since = from === undefined ? {} : { from };
    const done = await commandRules(this.on, { type: 'ActivateRuleSet', ...named, ...since, digestBefore }, sent);
    if (isRefusal(done)) return done;
    crashPoint('replay: after activation, before switch');
    const { id: generation } = await builds.serveCurrent();
    const digestAfter = await builds.digest(generation);
    return { ...named, done, generation, digestBefore, digestAfter, replaces: plansReplacedBy(done.events) };
  }

  /** Returns to the book before the last activation, and to the build under it, which is kept, or made. */
  async rollBack(programme: string, reason: string, sent: Sent): Promise<RolledBack | Refusal> {
    const { events, builds } = this.on;
    const before = await this.doneBefore('RuleSetRolledBack', programme, sent);
    if (before) return { programme, done: 'rolled back', book: before.book, ...(await this.served(before)) };
    const command: RulesCommand = { type: 'RollBackRules', programme, reason };
    const book = await bookToReturnTo(events, programme);
    if (book === undefined) {
      const refusal = await commandRules(this.on, command, sent);
      if (isRefusal(refusal)) return refusal;
      throw new Error('A roll-back without a book to return to must be refused.');
    }
    const books = { [programme]: book };
    const next = (await builds.kept(books)) ?? (await builds.build({ reason: `roll back ${programme}`, books }));
    const digestBefore = await builds.digest('live');
    const digestAfter = await builds.digest(next.id);
    const done = await commandRules(this.on, { ...command, digestBefore, digestAfter }, sent);
    if (isRefusal(done)) return done;
    await this.switchTo(next.id, next.status === 'live');
    return { programme, done: 'rolled back', book, generation: next.id, digestBefore, digestAfter };
  }

  /** Builds under other rules, puts them in force over the past without a rehearsal, and switches, in this order. */
  async replay(ruleSet: RuleSet, reason: string, { actor, commandId }: Sent): Promise<Replayed | Refusal> {
    const { builds } = this.on;
    const named = { programme: ruleSet.programme, ruleSet: ruleSetHash(ruleSet) };
    const act = (step: string, command: RulesCommand): Promise<Done | Refusal> =>
      commandRules(this.on, command, { actor, commandId: `${commandId}/${step}` });
    const digestBefore = await builds.digest('live');
    // Before the build: whoever feeds it, at once or after a crash, finds its rules in history.
    const drafted = await act('draft', { type: 'DraftRuleSet', ...named, content: ruleSet });
    if (isRefusal(drafted)) return drafted;
    const { id: generation } = await builds.build({ reason: `rule set ${named.ruleSet}`, ruleSet });
    const digests = { digestBefore, digestAfter: await builds.digest(generation) };
    const approved = await act('approve', { type: 'ApproveRuleSet', ...named, reason });
    if (isRefusal(approved)) return approved;
    const activated = await act('activate', { type: 'ActivateRuleSet', ...named, overThePast: true, ...digests });
    if (isRefusal(activated)) return activated;
    await this.switchTo(generation);
    return { ...named, generation, ...digests };
  }

  private async switchTo(generation: number, isLive = false): Promise<void> {
    this.on.crashPoint('replay: after activation, before switch');
    if (!isLive) await this.on.builds.switchTo(generation);
  }

  /** Finds what a command that is sent again did: it, or others, may have moved the rules on since. */
  private async doneBefore<T extends keyof Acts>(
    type: T,
    programme: string,
    { commandId }: Sent,
  ): Promise<Acts[T] | undefined> {
    const { events } = await this.on.events.readStream(streamOf('rules', programme));
    const done = events.find((event) => event.type === type && event.commandId === commandId);
    return done?.data as Acts[T] | undefined; // an event's type decides its data
  }

  /** Serves what a command did before: a crash may have come before its switch. */
  private async served({ digestBefore = '', digestAfter = '' }: Partial<Served>): Promise<Served> {
    const { id } = await this.on.builds.serveCurrent();
    return { generation: id, digestBefore, digestAfter };
  }
}
