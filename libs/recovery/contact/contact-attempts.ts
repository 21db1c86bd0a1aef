import { fact } from '../../event-sourcing/declared-event.js';
import { inWork, worked, type Attempt } from '../case/case-state.js';
import { caseCommand, caseEvent } from '../case/declare.js';
import { notInWork } from '../case/in-work.js';
import type { CompiledRules } from '../rules/compile.js';
import { DAY_MS } from '../rules/duration.js';
import { given, OneOf, Optional, Personal, Texts } from '../vocabulary/fields.js';
import { WORKERS } from '../vocabulary/roles.js';
import { CHANNELS, CONTACT_OUTCOMES } from '../vocabulary/words.js';
import { ANSWERED } from './replies.js';

const fields = { channel: OneOf(CHANNELS), outcome: OneOf(CONTACT_OUTCOMES), note: Optional(Personal) };

/** What an attempt breaks of the rules: it happened, so it is recorded, and counted as a breach. */
const BREACHES = ['frequency-cap', 'channel-not-allowed'] as const;

export const ContactAttempted = caseEvent('ContactAttempted', {
  fields: { ...fields, breaches: Optional(given(Texts(BREACHES.length))) },
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
  comes: {
    path: 'contact-attempts',
    roles: WORKERS,
    says: 'Log an attempt to reach the customer. One beyond the rules is recorded as a breach of them',
    example: { channel: 'phone', outcome: 'reached', note: 'Wants the second charge back' },
  },
  fields,
  decide({ channel, outcome, note }, { facts, attempts }, { now, occurredAt = now, rules }) {
    if (!inWork(facts)) return notInWork(facts);
    const { channels, frequencyCap } = rules?.ruleSet.contact ?? {};
    const breaches: (typeof BREACHES)[number][] = [];
    if (frequencyCap && isCapReached(attempts, frequencyCap, occurredAt)) breaches.push('frequency-cap');
    if (channels && !channels.includes(channel)) breaches.push('channel-not-allowed');
    return [fact(ContactAttempted, { channel, outcome, note, ...(breaches.length > 0 && { breaches }) })];
  },
});

/** Whether the customer was contacted as often before this moment as the cap allows. */
function isCapReached(
  attempts: readonly Attempt[],
  { max, days }: { readonly max: number; readonly days: number },
  now: string,
): boolean {
  const until = Date.parse(now);
  const from = until - days * DAY_MS;
  return attempts.map(({ at }) => Date.parse(at)).filter((at) => at > from && at <= until).length >= max;
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
