import { checkFilter } from '../../filter/check-filter.js';
import type { FieldType } from '../../event-sourcing/projection.js';
import type { Filter } from '../../filter/filter.js';
import { CASE_FACT_FIELDS } from '../case/case-facts.js';
import { DECLARATIONS } from '../history.js';
import { CASE_STATUSES, OFFER_ANSWERS, WAITING_ON } from '../vocabulary/words.js';
import { calendarProblems, dayProblems } from './check-calendar.js';
import { checkShape } from './check-shape.js';
import { targetProblems } from './check-target.js';
import { causeProblems } from './check-causes.js';
import { messageProblems } from './check-messages.js';
import { triageProblems } from './check-triage.js';
import { parseDuration } from './duration.js';
import { LONGEST_MS, longestIn, TOO_LONG } from './longest.js';
import type { Check, Say } from './rule-check.js';
import { partsOf, pathOf, type RuleProblem } from './rule-problem.js';
import type { RuleSet } from './rule-set.js';
import { neverHolds, type KnownValues } from './satisfiable.js';

/** All problems of a rule set. If there are none, it compiles and each of its promises can be kept. */
export function checkRuleSet(content: unknown): readonly RuleProblem[] {
  const shape = checkShape(content);
  return 'problems' in shape ? shape.problems : meaningProblems(shape.ruleSet);
}

/** The problems of a rule set whose shape is valid. */
export function meaningProblems(rules: RuleSet): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const say: Say = (parts, message, remedy) => problems.push({ path: pathOf(parts), message, remedy });
  const check: Check = {
    say,
    rules,
    condition: (parts, filter, fields, known) => sayCondition(say, parts, filter, fields, known),
    duration(parts, text) {
      if (text === undefined) return undefined;
      try {
        const ms = parseDuration(text);
        if (ms > LONGEST_MS) say(parts, TOO_LONG, 'Write a shorter one, such as 24h.');
        else if (ms > 0) return ms;
        else say(parts, 'The duration is zero.', 'Write a duration above zero, such as 15m.');
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        say(parts, error.message, 'Units go from days to seconds, each once: 1d2h30m.');
      }
      return undefined;
    },
    calendar(parts, name) {
      if (name === undefined || Object.hasOwn(rules.calendars, name)) return;
      const names = Object.keys(rules.calendars);
      say(
        parts,
        `There is no calendar "${name}".`,
        names.length ? `There are ${names.join(', ')}.` : 'Add it to calendars.',
      );
    },
    unique(parts, names, what) {
      names.forEach((name, i) => {
        if (names.indexOf(name) < i) say(parts(i), `There is another ${what} "${name}".`, 'Give each its own.');
      });
    },
  };
  dayProblems(check, ['reviewBy'], rules.reviewBy);
  calendarProblems(check);
  triageProblems(check);
  targetProblems(check);
  causeProblems(check);
  contactProblems(check);
  progressProblems(check);
  messageProblems(check);
  check.unique((i) => ['offers', 'kinds', i], rules.offers?.kinds ?? [], 'kind of offer');
  check.duration(['verification', 'reSurveyAfter'], rules.verification?.reSurveyAfter);
  check.duration(['verification', 'coolDown'], rules.verification?.coolDown);
  return problems;
}

function contactProblems({ rules: { contact }, duration, calendar, say }: Check): void {
  if (!contact) return;
  duration(['contact', 'spacing'], contact.spacing);
  calendar(['contact', 'hours'], contact.hours);
  const { frequencyCap: cap, tries } = contact;
  if (cap && cap.max < tries && contact.spacing === undefined) {
    say(
      ['contact', 'frequencyCap', 'max'],
      `${tries} tries are asked for, but only ${cap.max} within ${cap.days} days are allowed.`,
      'Allow more, or set a spacing that spreads them.',
    );
  }
}

function progressProblems({ rules: { calendars, progress }, duration, calendar, say }: Check): void {
  if (!progress) return;
  calendar(['progress', 'calendar'], progress.calendar);
  const ms = duration(['progress', 'every'], progress.every);
  const hours = progress.calendar === undefined ? undefined : new Map(Object.entries(calendars)).get(progress.calendar);
  const longest = hours && longestIn(hours);
  if (ms !== undefined && longest !== undefined && ms > longest)
    say(['progress', 'every'], TOO_LONG, 'Write a shorter one, or open the calendar for longer.');
}

/** Every field in which history holds a person's words. */
const SEALED_FIELDS: ReadonlySet<string> = new Set(
  Object.values(DECLARATIONS).flatMap(({ personal = [] }) => personal),
);

/** The values of the facts that can have only a few. */
const KNOWN_FACTS: KnownValues = {
  status: CASE_STATUSES,
  waitingOn: [...WAITING_ON, null],
  offerAnswer: [...OFFER_ANSWERS, null],
};

function sayCondition(
  say: Say,
  parts: readonly (string | number)[],
  filter: Filter | undefined,
  fields: Readonly<Record<string, FieldType>> = CASE_FACT_FIELDS,
  known: KnownValues = KNOWN_FACTS,
): boolean {
  if (!filter) return true;
  const found = checkFilter(filter, fields);
  for (const { path, message } of found) {
    const at = [...parts, ...partsOf(path)];
    const sealed = at.find((part) => SEALED_FIELDS.has(String(part)) && !Object.hasOwn(fields, part));
    if (sealed === undefined) say(at, message, 'Correct the condition.');
    else
      say(at, `"${sealed}" is sealed: rules can't read a person's words.`, 'Ask for tags, language or commentLength.');
  }
  if (found.length > 0) return false;
  if (neverHolds(filter, known))
    say(parts, 'This condition can never hold.', 'Look at what it asks of one field at once.');
  return true;
}
