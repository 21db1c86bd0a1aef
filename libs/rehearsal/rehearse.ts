import type { Inputs } from '../read-models/inputs.js';
import type { ReadStore } from '../read-store/read-store.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { BookEntry, RuleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { isCurrent } from '../replay/bring-up-to-date.js';
import { digestOf, digestReadModel, digested } from '../replay/digest.js';
import { shapesOf, type AnyProjection } from '../replay/projections.js';
import { booksUnder, loadRuleBooks, type RulesInHistory } from '../replay/rule-books.js';
import type { Build, Entries, History, Served } from './build.js';
import { changedVerdicts, type ChangedVerdict } from './changed-verdicts.js';
import { buildShadows, readsRules, type Shadow, type ShadowProgress } from './shadows.js';
import { totalsOf, type Scope, type Totals } from './totals.js';
import { TriageComparison, type NotReversible } from './triage-comparison.js';
import { Tally, type ChangedBy } from './tally.js';
import { Explainer } from './why.js';

/** What every page of a rehearsal says of itself. */
export const MECHANICAL_EFFECT_ONLY =
  'Mechanical effect only: the rules are replayed, not how people would have behaved under them.';

/** A rule set to be tried. */
export interface Candidate {
  readonly ruleSet: RuleSet;
  /** As if in force from this instant on, UTC; absent: over all of the past. */
  readonly since?: string;
}

export interface RehearsalOptions {
  readonly events: History;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly candidate: Candidate;
  /** What it is compared with; absent: the rules as history has them. */
  readonly against?: Candidate;
  /** Cases opened from here, and before there: UTC. Absent: all. */
  readonly from?: string;
  readonly to?: string;
  /** The moment at which running clocks are read, UTC. */
  readonly at: string;
  /** An empty store that nobody else sees, and that the caller drops afterwards. */
  readonly aside: ReadStore;
  /** The read models that are served, to be compared with as they are: only where nobody writes them meanwhile. */
  readonly served?: Served;
  /** The most changed verdicts, and decisions, that are listed; all are counted. Default 100,000. */
  readonly most?: number;
  readonly stepMs?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: ShadowProgress): void;
}

export interface RehearsedSide {
  /** The rule book of the programme. */
  readonly book: Entries[string];
  readonly title: string | null;
  readonly totals: Totals;
}

export interface Rehearsal {
  readonly notice: string;
  readonly programme: string;
  /** Content hash of the rule set that was tried. */
  readonly ruleSet: string;
  /** Content hash of the rule set that it was compared with; null: the rules as history has them. */
  readonly against: string | null;
  readonly since: string | null;
  readonly window: { readonly from: string | null; readonly to: string | null };
  readonly at: string;
  /** How far history was read; null where it is empty. */
  readonly position: string | null;
  readonly events: number;
  readonly before: RehearsedSide;
  readonly after: RehearsedSide;
  readonly changed: readonly ChangedVerdict[];
  readonly changedCount: number;
  readonly changedCases: number;
  readonly changedBy: ChangedBy;
  /** Decisions that history can't take back. */
  readonly notReversible: number;
  readonly decisions: NotReversible;
  readonly digestBefore: string;
  readonly digestAfter: string;
}

/**
 * What would have been under other rules: history is read once more beside what is served, and both are compared.
 * Nothing but the store aside is written.
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { events, projections, candidate, against, from, to, at, most = 100_000, signal } = options;
  const { programme } = candidate.ruleSet;
  const history = await loadRuleBooks(events);
  const [before, after] = [rulesWith(history, at, programme, against), rulesWith(history, at, programme, candidate)];
  const books = { before: before.books, after: after.books };
  const scope: Scope = { programme, at, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const triage = new TriageComparison(books, scope, Math.min(most, 1_000));
  const { one, other, upTo, read } = await bothBuilds(options, history, before, after, triage);
  const changed: ChangedVerdict[] = [];
  const tally = new Tally();
  for await (const verdict of changedVerdicts(one, other, scope, new Explainer(books, programme))) {
    signal?.throwIfAborted();
    tally.add(verdict);
    if (changed.length < most) changed.push(verdict);
  }
  const { digestBefore, digestAfter } = await digests(projections, one, other);
  const decisions = triage.result();
  return {
    notice: MECHANICAL_EFFECT_ONLY,
    programme,
    ruleSet: after.hash,
    against: against === undefined ? null : before.hash,
    since: candidate.since ?? null,
    window: { from: from ?? null, to: to ?? null },
    at,
    position: upTo ?? null,
    events: read,
    before: { book: before.entries[programme] ?? [], title: before.title, totals: await totalsOf(one, scope) },
    after: { book: after.entries[programme] ?? [], title: after.title, totals: await totalsOf(other, scope) },
    changed,
    changedCount: tally.count,
    changedCases: tally.cases,
    changedBy: tally.result(),
    notReversible: decisions.count,
    decisions,
    digestBefore,
    digestAfter,
  };
}

interface RulesOfSide {
  readonly entries: Entries;
  readonly books: RuleBooks;
  readonly hash: string;
  readonly title: string | null;
}

/** The rules as history has them, with a candidate in the programme's book. */
function rulesWith(
  history: RulesInHistory,
  at: string,
  programme: string,
  candidate: Candidate | undefined,
): RulesOfSide {
  const book = history.entries[programme] ?? [];
  if (!candidate) {
    const hash = book.at(-1)?.ruleSet ?? '';
    const title = history.drafts.get(hash)?.content.title ?? null;
    return { entries: history.entries, books: history.books, hash, title };
  }
  const { ruleSet, since } = candidate;
  const { hash } = compileRules(ruleSet);
  const entry: BookEntry = {
    ruleSet: hash,
    from: since ?? null,
    ...(since !== undefined && since > at ? { foreseen: true } : {}),
  };
  const kept = since === undefined ? [] : book.filter((one) => one.from === null || one.from < since);
  // The first rules of a programme hold since ever.
  const entries = {
    ...history.entries,
    [programme]: kept.length === 0 ? [{ ruleSet: hash, from: null }] : [...kept, entry],
  };
  const drafts = new Map(history.drafts).set(hash, { programme, content: ruleSet, draftedAt: '' });
  return { entries, books: booksUnder(entries, drafts), hash, title: ruleSet.title };
}

interface BothBuilds {
  readonly one: Build;
  readonly other: Build;
  readonly upTo: string | undefined;
  readonly read: number;
}

/** What is served is compared with where it is built so; else the side before is built aside as well. */
async function bothBuilds(
  { events, projections, aside, served, against, at, stepMs, signal, onProgress }: RehearsalOptions,
  history: RulesInHistory,
  before: RulesOfSide,
  after: RulesOfSide,
  triage: TriageComparison,
): Promise<BothBuilds> {
  const upTo = await events.end();
  const live = served && !against ? await asServed(served, projections, history, upTo) : undefined;
  const shadows: Shadow[] = [
    { projections: projections.filter(readsRules), inputs: { rules: after.books }, reason: 'rehearsed' },
    ...(live ? [] : [{ projections, inputs: { rules: before.books }, reason: 'compared with' }]),
  ];
  let read = 0;
  const [other, built] = await buildShadows({
    events,
    aside,
    upTo: upTo ?? '',
    shadows,
    at,
    beside: { types: triage.types, each: (event) => triage.each(event) },
    ...(stepMs === undefined ? {} : { stepMs }),
    ...(signal === undefined ? {} : { signal }),
    onProgress(progress) {
      read = progress.events;
      onProgress?.(progress);
    },
  });
  const one = live ?? built;
  if (!one || !other) throw new Error('A rehearsal needs two builds to compare.');
  return { one, other, upTo, read };
}

/** The live build, where it is what a build of history to its end would be. */
async function asServed(
  served: Served,
  projections: readonly AnyProjection<Inputs>[],
  history: RulesInHistory,
  end: string | undefined,
): Promise<Build | undefined> {
  const live = await served.live();
  if (!live || !isCurrent(live, projections, history)) return undefined;
  const checkpoints = [...(await served.checkpoints(live.id)).values()];
  const atTheEnd = checkpoints.length > 0 && checkpoints.every((at) => at === end);
  return atTheEnd ? { reads: served, generation: live.id } : undefined;
}

/** What reads no rules is in the build before alone, and the same in both. */
async function digests(
  projections: readonly AnyProjection<Inputs>[],
  before: Build,
  after: Build,
): Promise<{ readonly digestBefore: string; readonly digestAfter: string }> {
  const rebuilt = new Set(projections.filter(readsRules).map(({ name }) => name));
  const one: Record<string, string> = {};
  const other: Record<string, string> = {};
  for (const { name } of digested(shapesOf(projections))) {
    const { digest } = await digestReadModel(before.reads, name, before.generation);
    one[name] = digest;
    other[name] = rebuilt.has(name) ? (await digestReadModel(after.reads, name, after.generation)).digest : digest;
  }
  return { digestBefore: digestOf(one), digestAfter: digestOf(other) };
}
