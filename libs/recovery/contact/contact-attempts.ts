import { fact } from '../../event-sourcing/declared-event.js';
import { refuse } from '../../event-sourcing/decider.js';
import { inWork, worked, type Attempt } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import type { CompiledRules } from '../rules/compile.js';
import { DAY_MS } from '../rules/duration.js';
import { OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { CHANNELS, CONTACT_OUTCOMES } from '../vocabulary/words.js';

const fields = { channel: OneOf(CHANNELS), outcome: OneOf(CONTACT_OUTCOMES), note: Optional(Personal) };

export const ContactAttempted = caseEvent('ContactAttempted', {
  fields,
  apply: (state, { actor, occurredAt, data: { channel, outcome } }) => {
    const { cycle, contacted } = state.facts;
    const attempts = [...state.attempts, { cycle, at: occurredAt, channel, outcome }];
    return worked(state, actor.id, { attempted: true, contacted: contacted || outcome === 'reached' }, { attempts });
  },
});

export const LogContactAttempt = caseCommand('LogContactAttempt', {
  comes: {
    path: 'contact-attempts',
    roles: WORKERS,
    says: 'Log an attempt to reach the customer',
    example: { channel: 'phone', outcome: 'reached', note: 'Wants the second charge back' },
  },
  fields,
  decide({ channel, outcome, note }, { facts, attempts }, { now, rules }) {
    if (!inWork(facts)) return notInWork(facts);
    const { channels, frequencyCap } = rules?.ruleSet.contact ?? {};
    if (channels && !channels.includes(channel))
      return refuse(
        'channel-not-allowed',
        `The rules allow contact by ${channels.join(', ')}, not ${channel}.`,
        'channel',
      );
    const free = frequencyCap && freeAgainAt(attempts, frequencyCap, now);
    if (frequencyCap && free !== undefined)
      return refuse(
        'contacted-too-often',
        `The customer was contacted ${frequencyCap.max} times within ${frequencyCap.days} days. Wait until ${free}.`,
      );
    return [fact(ContactAttempted, { channel, outcome, note })];
  },
});

/** When the customer may be contacted again under a frequency cap; undefined: now. */
function freeAgainAt(
  attempts: readonly Attempt[],
  { max, days }: { readonly max: number; readonly days: number },
  now: string,
): string | undefined {
  const window = days * DAY_MS;
  const within = attempts.map(({ at }) => Date.parse(at)).filter((at) => at > Date.parse(now) - window);
  if (within.length < max) return undefined;
  // Once this one has left the window, fewer than `max` are in it.
  const leaves = within.sort((a, b) => a - b)[within.length - max];
  return new Date((leaves ?? Date.parse(now)) + window).toISOString();
}

/** The attempts of a cycle that count as tries: within the contact hours, and as far apart as the rules ask. */
export function tries(
  attempts: readonly Attempt[],
  cycle: number,
  rules: CompiledRules | undefined,
): readonly Attempt[] {
  const { spacingMs = 0, hours } = rules?.contact ?? {};
  const counted: Attempt[] = [];
  // Attempts may be logged after the fact, so not in the order in which they were made.
  const made = attempts.filter((attempt) => attempt.cycle === cycle).sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const attempt of made) {
    const at = Date.parse(attempt.at);
    if (hours && hours.nextWorking(at) !== at) continue;
    const last = counted.at(-1);
    if (last && at - Date.parse(last.at) < spacingMs) continue;
    counted.push(attempt);
  }
  return counted;
}
