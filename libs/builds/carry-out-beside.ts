import type { Refusal } from '../event-sourcing/decider.js';
import { READ_MODELS } from '../read-models/read-models.js';
import { carryOut, type CarriedOut } from '../rehearsal/carry-out.js';
import { booksOf } from '../replay/builds/bring-up-to-date.js';
import { ParkedList } from '../replay/fold/parked.js';
import { catchUp, rebuild } from '../replay/builds/rebuild.js';
import { REST, type At } from './at.js';
import type { Works } from './work.js';

/** Builds what was rehearsed beside what is served; nothing is switched here, and nothing recorded. */
export async function carryOutBeside(asked: Works['carryOut']['asked'], at: At): Promise<CarriedOut | Refusal> {
  const { events, reads, ledger, signal, onProgress } = at;
  const common = { reads, projections: READ_MODELS, parked: new ParkedList(ledger), rest: REST, signal, onProgress };
  return carryOut({
    ...asked,
    events,
    reads,
    ledger,
    projections: READ_MODELS,
    build: ({ events: rehearsed, rules: { books, entries }, reason }) =>
      rebuild({ ...common, events: rehearsed, inputs: { rules: books }, ruleBooks: entries, reason }),
    catchUp: ({ id, stamp }, rules) => catchUp(id, { ...common, events, inputs: { rules: booksOf(stamp, rules) } }),
  });
}
