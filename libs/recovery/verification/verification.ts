import { refuse, type Context, type Decider, type Decision } from '../../event-sourcing/decider.js';
import type { CommandOf } from '../../event-sourcing/declared-command.js';
import { event, type EventOf } from '../../event-sourcing/declared-event.js';
import { stated } from '../../event-sourcing/stated.js';
import { draw } from './drawing.js';
import { command } from '../vocabulary/command.js';
import { Optional, Part, Parts, Rate, Text, Texts } from '../vocabulary/fields.js';
import type { Publication } from '../vocabulary/topics.js';

/** On `verification-{period}`: a drawing that an auditor can repeat from the seed, the case ids and the rate. */
export const VerificationSampled = event('VerificationSampled', {
  topic: 'amends.rules' satisfies Publication,
  fields: {
    period: Text(),
    seed: Text(),
    rate: Rate,
    stratum: Optional(Text()),
    cases: Texts(1_000_000),
    drawn: Texts(1_000_000),
  },
});
export type VerificationEvent = EventOf<typeof VerificationSampled>;

export type Verification = { readonly status: 'none' } | { readonly status: 'sampled'; readonly seed: string };

export const DrawSample = command('DrawSample', {
  is: 'intention',
  comes: { inside: 'The seed, the rate and the cases of a period come from the rules and the read models.' },
  fields: {
    period: Text(),
    /** The instant at which the period is over, UTC. */
    until: Text(),
    /** Published before the drawing. */
    seed: Text(),
    rate: Rate,
    /** Approved in the period; a stratum (owner or team) each where the rules ask: each stratum is drawn by itself. */
    cases: Parts(Part({ case: Text(), stratum: Optional(Text()) }), 1_000_000),
  },
});
export type VerificationCommand = CommandOf<typeof DrawSample>;

const decide = (
  { period, until, seed, rate, cases }: VerificationCommand,
  state: Verification,
  { now }: Context,
): Decision<VerificationEvent> => {
  if (state.status === 'sampled') {
    if (state.seed === seed) return [];
    return refuse(
      'sampled-already',
      `The sample of ${period} was drawn with another seed, and stands.`,
      'Draw it with the seed that it was drawn with.',
      'seed',
    );
  }
  // A sample stands for good: cases approved after it would never have had a chance.
  if (now < until)
    return refuse('period-not-over', `${period} is not over until ${until}.`, 'Draw its sample from then on.');
  if (seed === '')
    return refuse(
      'seed-missing',
      'Nobody can repeat a drawing without its seed.',
      'Name the one that was published.',
      'seed',
    );
  if (!(rate > 0 && rate <= 1))
    return refuse('rate-out-of-range', `${rate} is no rate.`, 'Name one above 0 and at most 1.', 'rate');
  if (cases.length === 0)
    return refuse(
      'nothing-to-draw',
      `No case of ${period} was approved yet.`,
      'Draw a period in which cases were.',
      'cases',
    );
  return [...byStratum(cases)].map(([stratum, ids]) => ({
    type: 'VerificationSampled',
    data: stated({ period, seed, rate, stratum, cases: ids, drawn: draw(seed, rate, ids) }),
  }));
};

/** Strata and the ids in each in the order of text, each id once. */
function byStratum(cases: VerificationCommand['cases']): ReadonlyMap<string | undefined, readonly string[]> {
  const strata = [...new Set(cases.map(({ stratum }) => stratum))].sort();
  const idsOf = (stratum: string | undefined) => [
    ...new Set(cases.filter((drawn) => drawn.stratum === stratum).map((drawn) => drawn.case)),
  ];
  return new Map(strata.map((stratum) => [stratum, idsOf(stratum).sort()]));
}

export const verificationDecider: Decider<Verification, VerificationCommand, VerificationEvent> = {
  initialState: { status: 'none' },
  evolve: (_, { data }) => ({ status: 'sampled', seed: data.seed }),
  decide,
};
