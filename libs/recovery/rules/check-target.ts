import { parseLength, type Length } from './duration.js';
import { longestIn, mostDaysIn, TOO_LONG } from './longest.js';
import type { Check } from './rule-check.js';
import type { PathPart } from './rule-problem.js';
import type { TargetRule } from './rule-set.js';
import { covers } from './satisfiable.js';

export function targetProblems(check: Check): void {
  const { rules, unique } = check;
  unique(
    (i) => ['targets', i, 'id'],
    rules.targets.map(({ id }) => id),
    'target',
  );
  rules.targets.forEach((target, i) => {
    const at = (...parts: readonly PathPart[]) => ['targets', i, ...parts];
    if (target.reportedOnly === undefined) computedTarget(check, target, at);
    else reportedTarget(check, target, at);
  });
}

type At = (...parts: readonly PathPart[]) => readonly PathPart[];

function reportedTarget({ say }: Check, target: TargetRule, at: At): void {
  for (const field of Object.keys(target)) {
    if (['id', 'title', 'reportedOnly'].includes(field)) continue;
    say(at(field), 'A target that is reported only computes nothing.', 'Leave it out, or leave out reportedOnly.');
  }
}

function computedTarget(check: Check, target: TargetRule, at: At): void {
  const { say, condition, calendar } = check;
  calendar(at('calendar'), target.calendar);
  const sound = (['start', 'stop', 'pause', 'cancel'] as const).map((name) => condition(at(name), target[name]));
  if (target.each !== undefined) {
    for (const field of ['start', 'stop', 'onReturn'] as const)
      if (target[field] !== undefined)
        say(
          at(field),
          'A clock for each message starts with the message and ends with our answer.',
          'Leave it out, or leave out each.',
        );
  } else if (target.stop === undefined) {
    say(at(), 'Without a stop it can never be met.', 'Say when it is: stop: { resolved: true }.');
  } else if (sound.every(Boolean) && covers(target.stop, target.start ?? {})) {
    say(
      at('stop'),
      'It holds wherever start does, so a clock would never start.',
      'Stop on a condition that does not hold yet when it starts.',
    );
  }
  const goals = (target.goals ?? []).map(({ when, within }, j) => {
    const written = condition(at('goals', j, 'when'), when);
    return { when: when ?? {}, written, length: lengthOf(check, target, at('goals', j, 'within'), within) };
  });
  if (goals.length === 0)
    say(at('goals'), 'Without a goal it promises nothing.', 'Add a goal such as { within: 24h }.');
  goals.forEach(({ when, written }, j) => {
    const above = goals.findIndex((goal, k) => k < j && written && goal.written && covers(goal.when, when));
    if (above < 0) return;
    say(at('goals', j), `It never applies: goal ${above + 1} matches first.`, 'Put the narrower one first.');
  });
  escalationProblems(check, target, at);
  const warn = lengthOf(check, target, at('warnBefore'), target.warnBefore);
  const known = goals.flatMap(({ length }) => length ?? []);
  if (warn && known.length > 0 && known.every((goal) => isAsLong(warn, goal))) {
    say(at('warnBefore'), 'It would warn as soon as the clock starts.', 'Warn later than that: less than the goal.');
  }
}

function escalationProblems(check: Check, target: TargetRule, at: At): void {
  const { say, condition } = check;
  const { escalateTo, escalation = [] } = target;
  if (escalateTo !== undefined && escalation.length > 0)
    say(at('escalateTo'), 'It is the first level already.', 'Leave it out, and write it as the first of escalation.');
  let before = -1;
  escalation.forEach(({ after, when }, j) => {
    condition(at('escalation', j, 'when'), when);
    const length = after === undefined ? { ms: 0 } : lengthOf(check, target, at('escalation', j, 'after'), after);
    if (length === undefined || !('ms' in length)) return;
    const { ms } = length;
    if (ms <= before)
      say(
        at('escalation', j),
        `It would not come after level ${j}.`,
        'Write the levels in their order, each with a longer after than the one before.',
      );
    before = ms;
  });
}

/** The length of a promise; undefined if it is missing or wrong. */
function lengthOf({ say, rules, duration }: Check, target: TargetRule, parts: readonly PathPart[], text?: string) {
  const calendar = new Map(Object.entries(rules.calendars)).get(target.calendar ?? '');
  const sayTooLong = () => say(parts, TOO_LONG, 'Write a shorter one, or open the calendar for longer.');
  if (!text?.endsWith('wd')) {
    const ms = duration(parts, text);
    const longest = calendar && longestIn(calendar);
    if (ms !== undefined && longest !== undefined && ms > longest) sayTooLong();
    return ms === undefined ? undefined : { ms };
  }
  const length = parseLength(text); // the schema has checked how it is written
  const days = 'workingDays' in length ? length.workingDays : 0;
  if (days === 0) say(parts, 'The duration is zero.', 'Write one working day or more, such as 2wd.');
  else if (target.calendar === undefined)
    say(parts, 'Without a calendar there are no working days.', 'Name a calendar for the target, or write hours.');
  else if (calendar && days > mostDaysIn(calendar)) sayTooLong();
  else return length;
  return undefined;
}

/** Whether one is surely as long as another: working days and hours can't be compared. */
const isAsLong = (one: Length, other: Length): boolean =>
  'ms' in one ? 'ms' in other && one.ms >= other.ms : 'workingDays' in other && one.workingDays >= other.workingDays;
