import { longestIn, TOO_LONG } from './longest.js';
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
  const { say, rules, condition, duration, calendar } = check;
  calendar(at('calendar'), target.calendar);
  const sound = (['start', 'stop', 'pause', 'cancel'] as const).map((name) => condition(at(name), target[name]));
  if (target.stop === undefined) {
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
    return { when: when ?? {}, written, ms: duration(at('goals', j, 'within'), within) };
  });
  if (goals.length === 0)
    say(at('goals'), 'Without a goal it promises nothing.', 'Add a goal such as { within: 24h }.');
  goals.forEach(({ when, written }, j) => {
    const above = goals.findIndex((goal, k) => k < j && written && goal.written && covers(goal.when, when));
    if (above < 0) return;
    say(at('goals', j), `It never applies: goal ${above + 1} matches first.`, 'Put the narrower one first.');
  });
  const hours = new Map(Object.entries(rules.calendars)).get(target.calendar ?? '');
  const longest = hours && longestIn(hours);
  goals.forEach(({ ms }, j) => {
    if (ms === undefined || longest === undefined || ms <= longest) return;
    say(at('goals', j, 'within'), TOO_LONG, 'Write a shorter one, or open the calendar for longer.');
  });
  const warn = duration(at('warnBefore'), target.warnBefore);
  const known = goals.flatMap(({ ms }) => ms ?? []);
  if (warn !== undefined && known.length > 0 && known.every((ms) => warn >= ms)) {
    say(at('warnBefore'), 'It would warn as soon as the clock starts.', 'Warn later than that: less than the goal.');
  }
}
