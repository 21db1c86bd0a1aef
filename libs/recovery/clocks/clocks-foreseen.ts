import type { RuleBooks } from '../rules/rule-book.js';
import { clocksAsOf, clocksUnder, isToCome, type CaseClocks } from './case-clocks.js';
import { isGoing } from './clock-moves.js';
import { isOverdue, type DueTimes } from './clock-times.js';
import { placeOf, type Clock } from './clock.js';

/**
 * The clocks as the rule book makes them if nothing else happens, whatever time it is. Rules to come move clocks that
 * are not due by then, and make none late before they take force. A clock that they will end falls due no more.
 */
export function clocksForeseen(clocks: CaseClocks, books: RuleBooks, programme: string): readonly Clock[] {
  const book = books.book(programme);
  if (!book.some((entry) => isToCome(entry, clocks))) return clocks.clocks;
  const inForce = book.findLast(({ foreseen }) => !foreseen);
  const now = clocksAsOf(clocks, inForce?.from ?? '', books, programme);
  let then = now;
  for (const entry of book) {
    if (!isToCome(entry, then)) continue;
    const before = new Set(then.clocks);
    then = clocksUnder(entry, then, book, (clock) => !isOverdue(clock, entry.from));
    then = { ...then, clocks: then.clocks.map((clock) => (before.has(clock) ? clock : dueFrom(entry.from, clock))) };
  }
  const going = new Map(then.clocks.filter(isGoing).map((clock) => [placeOf(clock), clock]));
  const known = now.clocks.map((clock) => {
    const next = isGoing(clock) ? (going.get(placeOf(clock)) ?? dueNoMore(clock)) : clock;
    going.delete(placeOf(clock));
    return next;
  });
  return [...known, ...going.values()];
}

const dueNoMore = ({ dueAt: _, warnAt: __, breachedFrom: ___, ...clock }: Clock): Clock => clock;

/** A clock that the rules make late at once falls due when they take force. */
function dueFrom(from: string, clock: Clock): Clock {
  const times: { -readonly [T in keyof DueTimes]: string } = {};
  for (const name of ['dueAt', 'warnAt', 'breachedFrom'] as const) {
    const at = clock[name];
    if (at !== undefined && at < from) times[name] = from;
  }
  return { ...clock, ...times };
}
