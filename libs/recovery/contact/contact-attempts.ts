import { refuse, type Decision } from '../../event-sourcing/decider.js';
import type { CaseCommandOf } from '../case/case-commands.js';
import type { CaseContext } from '../case/case-context.js';
import type { CaseEvent } from '../case/case-events.js';
import { inWork, recordedBy, type Attempt, type OpenedCase } from '../case/case-state.js';
import { notInWork } from '../case/in-work.js';
import type { CompiledRules } from '../rules/compile.js';
import { stated } from '../../event-sourcing/stated.js';
import { DAY_MS } from '../rules/duration.js';

export function logContactAttempt(
  { channel, outcome, note }: CaseCommandOf<'LogContactAttempt'>,
  state: OpenedCase,
  { now, commandId, rules }: CaseContext,
): Decision<CaseEvent> {
  if (recordedBy(state.file, commandId)) return [];
  if (!inWork(state)) return notInWork(state);
  const { channels, frequencyCap } = rules?.ruleSet.contact ?? {};
  if (channels && !channels.includes(channel))
    return refuse(
      'channel-not-allowed',
      `The rules allow contact by ${channels.join(', ')}, not ${channel}.`,
      'channel',
    );
  const free = frequencyCap && freeAgainAt(state.file.attempts, frequencyCap, now);
  if (frequencyCap && free !== undefined)
    return refuse(
      'contacted-too-often',
      `The customer was contacted ${frequencyCap.max} times within ${frequencyCap.days} days. Wait until ${free}.`,
    );
  return [{ type: 'ContactAttempted', data: stated({ channel, outcome, note }) }];
}

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
