import type { Commands } from '../../libs/commands/commands.js';
import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { isRefusal, type Refusal } from '../../libs/event-sourcing/decider.js';
import { idOf } from '../../libs/event-sourcing/identity.js';
import { RevisionConflict } from '../../libs/event-store/event-store.js';
import type { ReadStore } from '../../libs/read-store/read-store.js';
import type { HeldBackDocument } from '../../libs/read-models/held-back.js';
import { effectOn, type Effect } from '../../libs/reactions/effect.js';
import { neededToRelease, releaseByRule, type Day, type HeldBack } from '../../libs/reactions/release-held-back.js';
import { HELD_BACK_ORDERS, waitingNow } from '../../libs/reports/held-back-list.js';
import { ownRequest } from './carry-out.js';
import type { Errands } from './errands.js';

export interface ReleasesOptions {
  readonly reads: Pick<ReadStore, 'find' | 'group' | 'live'>;
  readonly commands: Pick<Commands, 'execute'>;
  readonly rules: Pick<RulesInForce, 'reload' | 'books'>;
  readonly errands: Pick<Errands<never>, 'known'>;
  now(this: void): string;
  onRefused(this: void, stream: string, refusal: Refusal): void;
}

const NAME = 'release-held-back';
/** At a time, for each team: the next time goes on. */
const MOST = 100;

/**
 * Lets in what a throttle holds back once the day has room, and records what got too old. No event brings room: a new
 * day does, and new rules. So it looks again and again, and what it decides follows from the time and what waits.
 */
export class HeldBackReleases {
  constructor(private readonly options: ReleasesOptions) {}

  get name(): string {
    return NAME;
  }

  /** Looks until the signal, with a pause in between. */
  async run(signal: AbortSignal, pause: () => Promise<unknown>): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await pause();
    }
  }

  async look(): Promise<void> {
    const { reads, rules } = this.options;
    const live = await reads.live();
    // What waits is known once this read model is built.
    if (!live?.collections.some(({ name }) => name === 'held_back')) return;
    await rules.reload();
    const now = this.options.now();
    const by = ['programme', 'team'];
    for (const { programme, team } of await reads.group('held_back', { by, filter: { waitsUntil: { $gt: now } } }))
      await this.letIn(String(programme), typeof team === 'string' ? team : null, now);
    await this.recordExpiries(now);
  }

  private async letIn(programme: string, team: string | null, now: string): Promise<void> {
    const { reads, errands } = this.options;
    const rules = this.options.rules.books().at(programme, now);
    const order = rules?.ruleSet.triage?.throttle?.release?.order;
    if (rules === undefined || order === undefined) return;
    const filter = { programme, team, ...waitingNow(now) };
    const { documents } = await reads.find('held_back', { filter, sort: HELD_BACK_ORDERS[order], limit: MOST });
    const day: Day = { programme, team: team ?? programme, day: now.slice(0, 10), at: now, rules };
    const waiting = (documents as unknown as readonly HeldBackDocument[]).map(asHeldBack); // it stores what it declares
    const effect = releaseByRule(waiting, day, await errands.known(neededToRelease(day, waiting)));
    if (effect) await this.carryOut(effect, now);
  }

  private async recordExpiries(now: string): Promise<void> {
    const filter = { waitsUntil: { $lte: now } };
    const sort = [{ field: 'waitsUntil', direction: 'asc' }] as const;
    const { documents } = await this.options.reads.find('held_back', { filter, sort, limit: MOST });
    for (const { response, programme, customer, heldUntil } of documents as unknown as readonly HeldBackDocument[]) {
      const about = { programme: programme ?? '', shardKey: customer ?? '' };
      const effect = effectOn('response', response ?? '', { type: 'RecordExpiry' }, about);
      await this.carryOut(effect, now, heldUntil ?? undefined);
    }
  }

  private async carryOut(effect: Effect, now: string, occurredAt?: string): Promise<void> {
    const { stream } = effect;
    const request = { ...ownRequest(NAME, effect, idOf(NAME, stream, now)), occurredAt };
    try {
      const outcome = await this.options.commands.execute(request);
      // One that history does not have as the read models show it keeps no other waiting.
      if (isRefusal(outcome)) this.options.onRefused(stream, outcome);
    } catch (error) {
      // Triage wrote to the intake at each try: the next look decides again.
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}

const asHeldBack = (document: HeldBackDocument): HeldBack => ({
  response: document.response ?? '',
  case: document.case ?? '',
  touchpoint: document.touchpoint ?? undefined,
  kind: document.kind === 'call-back' ? 'call-back' : 'recover',
  priority: document.priority ?? '',
  score: document.score as HeldBack['score'],
  rule: document.rule ?? '',
  ruleSet: document.ruleSet ?? '',
});
