import { fact } from '../../event-sourcing/declared-event.js';
import { breaking, Breaches, outOfWork } from '../case/breaches.js';
import type { CaseContext } from '../case/case-context.js';
import { worked, type Attempt, type OpenedCase } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import type { CompiledRules } from '../rules/compile.js';
import { DAY_MS } from '../rules/duration.js';
import { OneOf, Optional, Personal } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { CHANNELS, CONTACT_OUTCOMES, type Breach, type Channel } from '../vocabulary/words.js';
import { ANSWERED } from './replies.js';

const fields = { channel: OneOf(CHANNELS), outcome: OneOf(CONTACT_OUTCOMES), note: Optional(Personal) };

export const ContactAttempted = caseEvent('ContactAttempted', {
  fields: { ...fields, breaches: Breaches },
  apply: (state, { actor, occurredAt, data: { channel, outcome } }) => {
    // Before the case was opened, a contact was none about it.
    if (occurredAt < state.openedAt) return worked(state, actor.id);
    const { cycle } = state.facts;
    const attempts = [...state.attempts, { cycle, at: occurredAt, channel, outcome }];
    const reached = outcome === 'reached' ? { contacted: true, ...ANSWERED } : {};
    return worked(state, actor.id, { attempted: true, ...reached }, { attempts });
  },
});

export const LogContactAttempt = caseCommand('LogContactAttempt', {
  is: 'fact',
  comes: {
    path: 'contact-attempts',
    roles: WORKERS,
    says: 'Log an attempt to reach the customer. One beyond the rules is recorded as a breach of them',
    example: { channel: 'phone', outcome: 'reached', note: 'Wants the second charge back' },
  },
  fields,
  decide({ channel, outcome, note }, state, context) {
    const broken = breaking(...contactRulesBroken(channel, state, context), outOfWork(state.facts));
    return [fact(ContactAttempted, { channel, outcome, note, ...broken })];
  },
});

/** The rules of contact that an attempt by this channel breaks. */
function contactRulesBroken(
  channel: Channel,
  { facts, attempts }: OpenedCase,
  { now, occurredAt = now, rules }: CaseContext,
): readonly Breach[] {
  const { channels, frequencyCap } = rules?.ruleSet.contact ?? {};
  const hours = rules?.contact?.hours;
  const at = Date.parse(occurredAt);
  const before = attempts.filter((attempt) => attempt.at <= occurredAt);
  const broken: Breach[] = [];
  if (allowedFrom(before, frequencyCap, at) > at) broken.push('frequency-cap');
  if (channels && !channels.includes(channel)) broken.push('channel-not-allowed');
  if (hours && hours.nextWorking(at) !== at) broken.push('contact-hours');
  if (before.some(({ cycle, outcome }) => cycle === facts.cycle && outcome === 'refused'))
    broken.push('contact-refused');
  return broken;
}

type Cap = NonNullable<NonNullable<CompiledRules['ruleSet']['contact']>['frequencyCap']>;

/** The first instant from this one on at which the cap allows one more attempt. In milliseconds. */
export function allowedFrom(attempts: readonly Attempt[], cap: Cap | undefined, from: number): number {
  if (!cap) return from;
  const made = attempts.map(({ at }) => Date.parse(at)).sort((one, other) => one - other);
  const leavesFirst = made.at(-cap.max);
  return leavesFirst === undefined ? from : Math.max(from, leavesFirst + cap.days * DAY_MS);
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
