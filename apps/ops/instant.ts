import { instantOf, isDay, isInstant } from '../../libs/platform/validation/formats.js';
import { Failure } from './failure.js';

/** UTC, ISO 8601 with milliseconds. A day means its start in UTC. @throws Failure naming the option */
export function instant(text: string | undefined, option: string): string | undefined {
  if (text === undefined) return undefined;
  if (isInstant(text) || isDay(text)) return instantOf(text);
  throw new Failure(
    `${option} takes an instant such as 2031-05-05T09:00:00Z or a day such as 2031-05-05, not "${text}".`,
  );
}

/** When history was known, and when running clocks are read: by default then, else now. @throws Failure */
export function timesOf(options: { readonly knownAt?: string; readonly at?: string }) {
  const knownAt = instant(options.knownAt, '--known-at');
  return { knownAt, at: instant(options.at, '--at') ?? knownAt ?? new Date().toISOString() };
}
