import type { Projection } from '../event-sourcing/projection.js';
import type { RecoveryEvent } from '../recovery/history.js';
import type { RulesPart } from '../recovery/rules/compile.js';
import type { PartsOfBooks, RulesRead } from '../recovery/rules/reach.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import type { OpenedCase } from '../recovery/case/case-state.js';
import { evolveCase } from '../recovery/case/case.js';
import { advanceClocks, type CaseClocks } from '../recovery/clocks/case-clocks.js';
import { Remembered } from './fast/remembered.js';

/** The rules and memory under which one fold reads history. */
export class Inputs {
  readonly clocks: Remembered<CaseClocks>;

  /** @param cases those of other inputs, for folds of the same events under several rule books */
  constructor(
    readonly rules: RuleBooks,
    readonly cases = new Remembered<OpenedCase>(evolveCase),
  ) {
    this.clocks = new Remembered((clocks, event) =>
      advanceClocks(clocks, event, rules, this.cases.after(clocks?.case, event)),
    );
  }
}

/** What a read model sees that reads only some parts of the rules. */
export interface PartOfInputs<Part extends RulesPart> {
  readonly rules: PartsOfBooks<Part>;
  readonly cases: Inputs['cases'];
}

/** A read model sees the parts of the rules that it states; under other rules its documents differ only by those. */
export type ReadModel<Fact extends object, Read extends RulesRead = []> = Projection<
  Fact,
  RecoveryEvent,
  Seen<Read>
> & {
  readonly reads: Read;
};

type Seen<Read extends RulesRead> = Read extends []
  ? unknown
  : Read extends readonly RulesPart[]
    ? PartOfInputs<Read[number]>
    : Inputs;
