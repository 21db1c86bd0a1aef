import type { RulesInForce } from '../../libs/commands/rules-in-force.js';
import { SHARDS } from '../../libs/event-sourcing/shard.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { CASE_EVENT_TYPES } from '../../libs/read-models/case-stream.js';
import { rulesAt, type RulesDocument } from '../../libs/read-models/rules.js';
import { allPages } from '../../libs/read-store/all-pages.js';
import { QueryRefused, type ReadStore } from '../../libs/read-store/read-store.js';
import { filterOfReviews, inOrder, OPEN_LOOKS, reviewDue } from '../../libs/reactions/timekeeper.js';
import type { CaseEvent } from '../../libs/recovery/case/case.js';
import { DueIndex } from './due-index.js';
import { Recorder, TIMEKEEPER, type RecorderOptions } from './record-due.js';
import { loadPlace, savePlace, type Place } from './timekeeper-place.js';

export interface TimekeeperOptions extends RecorderOptions {
  readonly events: Pick<EventStore, 'readAll' | 'end'>;
  readonly reads: Pick<ReadStore, 'find' | 'load' | 'live' | 'checkpoints'>;
  readonly rules: Pick<RulesInForce, 'reload' | 'books'>;
}

/** How it stands with what falls due. */
export interface Lateness {
  /** All that fell due before it is recorded, but for what is set aside. */
  readonly checkedUpTo: string | null;
  /** What could not be recorded and is tried again; as many as are counted. */
  readonly setAside: number;
  readonly oldestDueAgeSeconds: number;
  /** Of the oldest that is set aside. */
  readonly because?: string;
}

const SAVE_QUIET_EVERY_MS = 10_000;
const SAVE_EVERY_MS = 1_000;
/** What was due may be due again. */
const BRINGS_BACK: ReadonlySet<string> = new Set<CaseEvent['type']>(['EventCorrected', 'CaseReturned', 'CaseReopened']);
const EVENTS_AT_A_TIME = 1_000;
/** Of events, in one tick. */
const MOST_BATCHES = 20;
const STUCK_AFTER_MS = 30_000;
const MOST_AGAIN = 1_000;

/**
 * Records what falls due because time passes. It looks again and again at the indexes of the read models. Each command
 * decides anew on the case's own history, so that a promise that moved is not recorded at its old time, and each once
 * however many processes look.
 */
export class Timekeeper {
  private readonly index: DueIndex;
  private readonly recorder: Recorder;
  private place: Place | undefined;
  private savedAt = 0;
  /** What is being recorded. */
  private pending: string | undefined;
  private ticked = 0;
  private reviewedIn = '';

  constructor(private readonly options: TimekeeperOptions) {
    this.index = new DueIndex(options.reads);
    this.recorder = new Recorder(options);
  }

  get name(): string {
    return TIMEKEEPER;
  }

  /** Since the start. */
  get ticks(): number {
    return this.ticked;
  }

  /** Ticks until the signal, with a pause in between. */
  async run(signal: AbortSignal, pause: () => Promise<unknown>): Promise<void> {
    // Another process may have come further.
    this.place = undefined;
    try {
      while (!signal.aborted) {
        await this.tick(signal);
        await pause();
      }
    } finally {
      if (this.place) await savePlace(this.options.ledger, this.place);
    }
  }

  /** Records all that has fallen due by now, in order. */
  async tick(signal?: AbortSignal): Promise<void> {
    const { reads, rules } = this.options;
    const now = this.options.now();
    this.place ??= await loadPlace(this.options, now);
    this.ticked++;
    const live = await reads.live();
    const shown = new Set(live?.collections.map(({ name }) => name));
    if (!live || !shown.has('clocks') || !shown.has('queues')) return;
    await rules.reload();
    try {
      this.lookIn(live.id);
      await this.recorder.retry(now);
      await this.followUpTo(live.id, await this.foldedUpTo(live.id), signal);
      await this.sweep(now, signal);
      if (shown.has('rules')) await this.review(now);
      await this.lookAgain(signal);
    } catch (error) {
      // Another build went live between two pages: the next tick looks there.
      if (!(error instanceof QueryRefused)) throw error;
    }
    await this.save(SAVE_QUIET_EVERY_MS);
  }

  async lateness(): Promise<Lateness> {
    const now = this.options.now();
    const { count, oldest } = await this.recorder.setAside();
    const looks = this.place && Date.parse(now) - Date.parse(this.place.sweptTo) <= STUCK_AFTER_MS;
    // What nobody can look for may be due.
    const stuck = looks === false ? this.place?.sweptTo : undefined;
    const late = [oldest?.due.at, this.pending, stuck].filter((at) => at !== undefined).toSorted()[0] ?? now;
    return {
      checkedUpTo: this.place?.sweptTo ?? null,
      setAside: count,
      oldestDueAgeSeconds: Math.max(0, (Date.parse(now) - Date.parse(late)) / 1_000),
      ...(oldest && { because: oldest.because }),
    };
  }

  /** Under another build, clocks may be due at other times than those that were passed already. */
  private lookIn(generation: number): void {
    const { place } = this;
    if (!place || place.generation === generation) return;
    const again = { from: place.since, before: place.sweptTo };
    this.place = { ...place, generation, ...(place.generation !== undefined && { again }) };
  }

  /** All events up to there are folded; undefined while a part of the build is not. */
  private async foldedUpTo(generation: number): Promise<string | undefined> {
    const checkpoints = await this.options.reads.checkpoints(generation);
    if (checkpoints.size < SHARDS) return undefined;
    return [...checkpoints.values()].reduce((least, at) => (at < least ? at : least));
  }

  /** An event can move a due time to before what is swept, such as one that is told late. */
  private async followUpTo(
    generation: number,
    upTo: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { place } = this;
    if (!place || upTo === undefined || place.followed === upTo) return;
    const { since, sweptTo, followed } = place;
    const passed = { from: since, before: sweptTo };
    if (followed > upTo) {
      // History was restored to before it, and its read models were built anew.
      this.place = { ...place, followed: upTo, again: passed };
      return;
    }
    let batches = 0;
    for await (const { events, position } of this.options.events.readAll({
      ...(followed !== '' && { from: followed }),
      batchSize: EVENTS_AT_A_TIME,
      filter: { types: CASE_EVENT_TYPES },
    })) {
      const touched = new Set<string>();
      const toldLate = new Set<string>();
      for (const { position: at, stream, imported, recordedAt, occurredAt, type } of events) {
        // What a file tells of the time before it is nobody's to notice, and later times are still to be swept.
        if (at > upTo || (imported && recordedAt >= sweptTo)) continue;
        const id = stream.slice('case-'.length);
        touched.add(id);
        // Tries and pauses that are told in time fall due later.
        if (occurredAt < sweptTo || BRINGS_BACK.has(type)) toldLate.add(id);
      }
      const ofWork = await this.index.ofWork(generation, [...toldLate], passed);
      const ofClocks = await this.index.ofCases([...touched], passed);
      await this.recorder.inOrder([...ofWork, ...ofClocks].toSorted(inOrder));
      if (signal?.aborted) return;
      if (position >= upTo) break;
      if (++batches >= MOST_BATCHES) {
        this.place = { ...place, followed: position };
        return;
      }
    }
    this.place = { ...place, followed: upTo };
  }

  private async sweep(now: string, signal: AbortSignal | undefined): Promise<void> {
    const from = this.place?.sweptTo;
    if (from === undefined || now <= from) return;
    for await (const together of this.index.between({ from, before: now })) {
      if (signal?.aborted) return;
      const at = together[0]?.at ?? from;
      this.swept(at);
      this.pending = at;
      await this.raiseUpTo(at);
      await this.recorder.together(together);
      await this.save(SAVE_EVERY_MS);
    }
    await this.raiseUpTo(now);
    this.pending = undefined;
    this.swept(now);
  }

  /** Raises the levels of escalations that are due, in order. */
  private async raiseUpTo(at: string): Promise<void> {
    for (let due; (due = await this.recorder.later.upTo(at)).length > 0;) {
      this.pending = due[0]?.at;
      await this.recorder.inOrder(due);
      await this.recorder.later.remove(due);
    }
  }

  /** Days pass, so a look each minute is enough. */
  private async review(now: string): Promise<void> {
    const minute = now.slice(0, 'yyyy-mm-ddThh:mm'.length);
    if (minute === this.reviewedIn) return;
    for await (const page of allPages(this.options.reads, 'rules', { filter: filterOfReviews(now) }))
      for (const document of page as unknown as readonly RulesDocument[])
        // it stores what it declares
        await this.recorder.together([reviewDue(rulesAt(document, now), now) ?? []].flat());
    this.reviewedIn = minute;
  }

  private swept(sweptTo: string): void {
    if (this.place) this.place = { ...this.place, sweptTo };
  }

  /** A part at a time, so that what falls due now doesn't wait for it. */
  private async lookAgain(signal: AbortSignal | undefined): Promise<void> {
    const again = this.place?.again;
    if (!again) return;
    const { before } = again;
    let looked = 0;
    for await (const together of this.index.between(again, OPEN_LOOKS)) {
      if (signal?.aborted) return;
      const from = together[0]?.at ?? again.from;
      if (looked >= MOST_AGAIN && this.place) {
        this.place = { ...this.place, again: { from, before } };
        return;
      }
      await this.recorder.together(together);
      looked += together.length;
    }
    if (!this.place) return;
    const { again: _, ...place } = this.place;
    this.place = place;
  }

  private async save(everyMs: number): Promise<void> {
    if (!this.place || performance.now() - this.savedAt < everyMs) return;
    await savePlace(this.options.ledger, this.place);
    this.savedAt = performance.now();
  }
}
