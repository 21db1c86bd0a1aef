import type { ClockDocument } from '../read-models/clocks.js';
import { Inputs } from '../read-models/inputs.js';
import type { AnyReadModel } from '../read-models/read-models.js';
import { reaches } from '../recovery/rules/reach.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { Lines } from '../replay/digest/fast/lines.js';
import { sortById } from '../replay/digest/fast/id-order.js';
import type { EventsToFold } from '../replay/fold/events-to-fold.js';
import type { Shown } from '../event-sourcing/projection.js';
import { foldWhole } from '../replay/fold/fold-whole.js';
import { typesOf } from '../replay/fold/projections.js';
import { changedVerdict, idOf, type ChangedVerdict } from './changed-verdicts.js';
import { ModelFindings, sideFindings, type SideFindings } from './findings.js';
import { FirstOf } from './first-of.js';
import { scopeOf, type RehearsalRequest } from './sides.js';
import { Tally, type Tallied } from './tally.js';
import { ThrottleComparison, type WantedCases } from './throttle-comparison.js';
import { totalQueries, type Scope, type TotalQuery } from './totals.js';
import { TriageComparison, type NotReversible } from './triage-comparison.js';
import { Explainer, type Pair } from './why.js';

interface Books {
  readonly before: RuleBooks;
  readonly after: RuleBooks;
}

export interface Compared {
  readonly before: SideFindings;
  readonly after: SideFindings;
  /** In the order of their clocks' ids, the first `most`. */
  readonly changed: readonly ChangedVerdict[];
  readonly tally: Tallied;
  readonly decisions: NotReversible;
  readonly wanted: WantedCases;
}

interface BothSides {
  readonly projection: AnyReadModel;
  readonly before: ModelFindings;
  /** The same as `before` where the change of rules doesn't reach the read model: it is folded once. */
  readonly after: ModelFindings;
}

/** What history shows under one rule book beside what it shows under the other. */
export class Comparison {
  readonly types: readonly string[];
  readonly #scope: Scope;
  readonly #models: readonly BothSides[];
  readonly #ofOneStream: readonly BothSides[];
  readonly #ofManyStreams: readonly BothSides[];
  readonly #triage: TriageComparison;
  readonly #throttle: ThrottleComparison;
  readonly #explainer: Explainer;
  readonly #changed: FirstOf<ChangedVerdict>;
  readonly #tally = new Tally();
  readonly #before: Inputs;
  readonly #after: Inputs;

  constructor(
    asked: RehearsalRequest,
    books: Books,
    private readonly projections: readonly AnyReadModel[],
  ) {
    this.#before = new Inputs(books.before);
    this.#after = new Inputs(books.after, this.#before.cases);
    this.#scope = scopeOf(asked);
    this.#models = bothSides(projections, books, totalQueries(this.#scope));
    this.#ofOneStream = this.#models.filter(({ projection }) => projection.ofOneStream);
    this.#ofManyStreams = this.#models.filter(({ projection }) => !projection.ofOneStream);
    this.#triage = new TriageComparison(books, this.#scope, Math.min(asked.most, 1_000));
    this.#throttle = new ThrottleComparison(books, this.#scope);
    this.#explainer = new Explainer(books, this.#scope.programme);
    this.#changed = new FirstOf<ChangedVerdict>(asked.most, idOf);
    this.types = [...new Set([...typesOf(projections), ...this.#triage.types])];
  }

  foldShard(shard: number, batch: EventsToFold, partSize: number): void {
    for (const event of batch.events) {
      this.#triage.each(event);
      this.#throttle.each(event);
    }
    this.#fold(batch, this.#ofManyStreams);
    for (const part of batch.parts(partSize)) this.#fold(part, this.#ofOneStream);
    for (const { before, after } of this.#models) {
      before.end(shard);
      if (after !== before) after.end(shard);
    }
  }

  found(): Compared {
    const side = (which: 'before' | 'after'): SideFindings =>
      sideFindings(new Map(this.#models.map((model) => [model.projection.name, model[which]])), this.projections);
    return {
      before: side('before'),
      after: side('after'),
      changed: this.#changed.result(),
      tally: this.#tally.result(),
      decisions: this.#triage.result(),
      wanted: this.#throttle.found(),
    };
  }

  #fold(batch: EventsToFold, models: readonly BothSides[]): void {
    for (const { projection, before, after } of models) {
      const had = foldWhole(projection, batch, this.#before);
      if (after === before) {
        for (const shown of had) before.add(shown);
        continue;
      }
      const has = foldWhole(projection, batch, this.#after);
      for (const [, one, other] of paired(had, has)) {
        if (one) before.add(one);
        if (other) after.add(other);
        if (projection.name === 'clocks') this.#judge({ before: clockOf(one), after: clockOf(other) });
      }
    }
  }

  #judge(clocks: Pair): void {
    const verdict = changedVerdict(clocks, this.#scope, this.#explainer);
    if (!verdict) return;
    this.#tally.add(verdict);
    this.#changed.add(verdict);
  }
}

const bothSides = (
  projections: readonly AnyReadModel[],
  books: Books,
  queries: Partial<Record<string, TotalQuery>>,
): readonly BothSides[] =>
  projections.map((projection) => {
    const query = queries[projection.name];
    const lines = new Lines();
    const before = new ModelFindings(query, lines);
    const isReached = reaches(projection.reads, books.before, books.after);
    return { projection, before, after: isReached ? new ModelFindings(query, lines) : before };
  });

const clockOf = (shown: Shown | undefined): ClockDocument | undefined => shown?.[1] as ClockDocument | undefined;

/** The documents of both sides by id, in the order of ids: those of a case one after another. */
function paired(ones: readonly Shown[], others: readonly Shown[]): [id: string, one?: Shown, other?: Shown][] {
  // Other goals give a case the same clocks.
  const isInStep = ones.length === others.length && ones.every(([id], at) => id === others[at]?.[0]);
  if (isInStep) return sortById(ones.map((one, at) => [one[0], one, others[at]]));
  const pairs = new Map(ones.map((one): [string, [string, Shown?, Shown?]] => [one[0], [one[0], one]]));
  for (const other of others) {
    const pair = pairs.get(other[0]);
    if (pair) pair[2] = other;
    else pairs.set(other[0], [other[0], undefined, other]);
  }
  return sortById([...pairs.values()]);
}
