import { describe, expect, test } from '@jest/globals';
import { parseRuleSet } from './parse-rule-set.js';
import { partsOf, pathOf, sayProblem } from './rule-problem.js';

const HEAD = `programme: care
title: Care
reviewBy: '2031-12-31'
fallbackOwner: desk
`;
const OFFICE = `calendars:
  office: { zone: Etc/UTC, hours: { mon: ['09:00-17:00'] } }
`;
const target = (more: string) => `${HEAD}${OFFICE}targets:
  - id: resolve
    title: Resolve
    calendar: office
${more.replaceAll(/^/gm, '    ')}
`;
const SOUND = `stop: { resolved: true }\ngoals: [{ within: 8h }]`;
const problems = (text: string) => parseRuleSet(text).problems;

test('a sound rule set is read, from YAML or JSON', () => {
  const { ruleSet } = parseRuleSet(target(SOUND));
  expect(ruleSet).toMatchObject({ programme: 'care', targets: [{ id: 'resolve' }] });
  expect(parseRuleSet(JSON.stringify(ruleSet)).ruleSet).toEqual(ruleSet);
});

describe('the shape', () => {
  test.each([
    ['a key twice', `${HEAD}title: Again\n`, { line: 5, message: /unique/ }],
    ['a broken line', `${HEAD}targets: [`, { line: 5, column: 11 }],
    ['an unknown alias', `${HEAD}notice: *nobody\n`, { message: /nobody/ }],
    ['an alias of what it stands in', '&a [*a]', { path: '', message: /no end/, remedy: /Write it out/ }],
    ['an alias deep in what it stands in', `${HEAD}notice: &a { b: [*a] }\n`, { message: /no end/ }],
    ['nothing at all', '', { path: '', message: /names with values/ }],
    [
      'an unknown name',
      target(`${SOUND}\ngoal: 8h`),
      { path: 'targets[0].goal', line: 13, column: 5, message: /no "goal" here/ },
    ],
    [
      'a number for a duration',
      target('stop: { resolved: true }\ngoals: [{ within: 8 }]'),
      { path: 'targets[0].goals[0].within', remedy: /15m/ },
    ],
    [
      'a word it does not know',
      target(`${SOUND}\nretarget: forget`),
      { path: 'targets[0].retarget', remedy: /keep, restart, pinned/ },
    ],
    [
      'something missing',
      `${HEAD}calendars: {}\n`,
      { path: '', message: /"targets" is missing/, remedy: /list of targets/ },
    ],
  ])('%s is refused with its place', (_what, text, expected) => {
    expect(problems(text)).toContainEqual(
      expect.objectContaining(
        Object.fromEntries(
          Object.entries(expected).map(([key, value]) => [
            key,
            value instanceof RegExp ? expect.stringMatching(value) : value,
          ]),
        ),
      ),
    );
  });
});

describe('the meaning', () => {
  const calendar = (rule: string) => `${HEAD}calendars:\n  office: ${rule}\ntargets: []\n`;
  const causes = (rule: string) => `${HEAD}calendars: {}\ntargets: []\nrootCauses: ${rule}\n`;
  const triage = (rule: string) => `${HEAD}calendars: {}\ntargets: []\ntriage:
  low: { nps: 6 }
  cells:
    low: { 'yes': { do: recover }, 'no': { do: respect }, not-answered: { do: nothing } }
    high: { 'yes': { do: call-back }, 'no': { do: nothing }, notAnswered: { do: nothing } }
  ${rule}
`;
  const weekly = (more: string) => calendar(`{ zone: Etc/UTC, hours: { mon: ['09:00-17:00'] }, ${more} }`);
  test('half holidays and extra working days are taken', () => {
    const days = "holidays: [2031-05-05, { day: 2031-05-12, hours: ['09:00-12:00'] }]";
    expect(problems(weekly(`${days}, workdays: [{ day: 2031-05-10, hours: ['09:00-12:00'] }]`))).toEqual([]);
  });
  test.each([
    [
      'half a holiday without hours',
      weekly('holidays: [{ day: 2031-05-05, hours: [] }]'),
      'calendars.office.holidays[0].hours',
      /has no hours/,
    ],
    [
      'half a holiday with hours that are none',
      weekly("holidays: [{ day: 2031-05-05, hours: ['9-12'] }]"),
      'calendars.office.holidays[0].hours[0]',
      /"9-12" is no interval/,
    ],
    [
      'an extra working day that is no day',
      weekly("workdays: [{ day: 2031-02-29, hours: ['09:00-12:00'] }]"),
      'calendars.office.workdays[0].day',
      /"2031-02-29" is no day/,
    ],
    [
      'an extra working day that is worked anyway',
      weekly("workdays: [{ day: 2031-05-05, hours: ['09:00-12:00'] }]"),
      'calendars.office.workdays[0].day',
      /2031-05-05 is worked anyway/,
    ],
    [
      'a day that is off and half off',
      weekly("holidays: [2031-05-05, { day: 2031-05-05, hours: ['09:00-12:00'] }]"),
      'calendars.office.holidays[1]',
      /2031-05-05 is named twice/,
    ],
    [
      'extra working days of a calendar that is always open',
      calendar("{ zone: Etc/UTC, hours: always, workdays: [{ day: 2031-05-10, hours: ['09:00-12:00'] }] }"),
      'calendars.office.workdays',
      /always open has no workdays/,
    ],
    [
      'no word for customers who did not answer',
      triage('team: care').replace("'no': { do: nothing }, notAnswered: { do: nothing }", "'no': { do: nothing }"),
      'triage.cells.high',
      /"not-answered" is missing/,
    ],
    [
      'two words for customers who did not answer',
      triage('team: care').replace('notAnswered:', 'not-answered: { do: respect }, notAnswered:'),
      'triage.cells.high.notAnswered',
      /"not-answered" again/,
    ],
    ['an unknown zone', calendar('{ zone: Europe/Atlantis, hours: always }'), 'calendars.office.zone', /Atlantis/i],
    [
      'an offset for a zone',
      calendar("{ zone: '+05:30', hours: always }"),
      'calendars.office.zone',
      /"\+05:30" is not an IANA time zone/,
    ],
    [
      'a calendar without hours',
      calendar('{ zone: Etc/UTC, hours: { mon: [] } }'),
      'calendars.office.hours',
      /no hours at all/,
    ],
    [
      'hours that are none',
      calendar("{ zone: Etc/UTC, hours: { mon: ['9-17'] } }"),
      'calendars.office.hours.mon[0]',
      /no interval/,
    ],
    [
      'a day that is none',
      calendar("{ zone: Etc/UTC, hours: { mon: ['09:00-17:00'] }, holidays: ['2031-02-29'] }"),
      'calendars.office.holidays[0]',
      /no day/,
    ],
    [
      'an unknown calendar',
      target(`${SOUND}`).replace('calendar: office', 'calendar: home'),
      'targets[0].calendar',
      /no calendar "home"/,
    ],
    [
      'a target twice',
      target(`${SOUND}\n`) + '  - { id: resolve, title: Again, stop: { resolved: true }, goals: [{ within: 1h }] }\n',
      'targets[1].id',
      /another target/,
    ],
    [
      'a goal of nothing',
      target('stop: { resolved: true }\ngoals: [{ within: 0h }]'),
      'targets[0].goals[0].within',
      /duration is zero/,
    ],
    [
      'a goal that no calendar reaches in a thousand years',
      target('stop: { resolved: true }\ngoals: [{ when: { priority: high }, within: 8h }, { within: 700000d }]'),
      'targets[0].goals[1].within',
      /thousand years/,
    ],
    [
      'a goal that is reached in no thousand years of its few hours',
      target('stop: { resolved: true }\ngoals: [{ within: 20000d }]'),
      'targets[0].goals[0].within',
      /thousand years/,
    ],
    [
      'a goal that all time does not reach',
      target('stop: { resolved: true }\ngoals: [{ within: 99999999d }]').replace('    calendar: office\n', ''),
      'targets[0].goals[0].within',
      /thousand years/,
    ],
    [
      'a goal of working days that no calendar reaches',
      target('stop: { resolved: true }\ngoals: [{ within: 60000wd }]'),
      'targets[0].goals[0].within',
      /thousand years/,
    ],
    [
      'a goal of no working days',
      target('stop: { resolved: true }\ngoals: [{ within: 0wd }]'),
      'targets[0].goals[0].within',
      /duration is zero/,
    ],
    [
      'working days without a calendar',
      target('stop: { resolved: true }\ngoals: [{ within: 1wd }]').replace('    calendar: office\n', ''),
      'targets[0].goals[0].within',
      /Without a calendar there are no working days/,
    ],
    [
      'working days and hours together',
      target('stop: { resolved: true }\ngoals: [{ within: 1wd4h }]'),
      'targets[0].goals[0].within',
      /"1wd4h" can't be read/,
    ],
    [
      'half a working day',
      target('stop: { resolved: true }\ngoals: [{ within: 0.5wd }]'),
      'targets[0].goals[0].within',
      /"0.5wd" can't be read/,
    ],
    [
      'a warning of as many working days as the goal',
      target('stop: { resolved: true }\ngoals: [{ within: 2wd }]\nwarnBefore: 2wd'),
      'targets[0].warnBefore',
      /warn as soon as the clock starts/,
    ],
    [
      'working days between tries',
      `${HEAD}calendars: {}\ntargets: []\ncontact: { tries: 3, spacing: 1wd }\n`,
      'contact.spacing',
      /"1wd" can't be read/,
    ],
    [
      'a wait between tries that never ends',
      `${HEAD}calendars: {}\ntargets: []\ncontact: { tries: 3, spacing: 99999999d }\n`,
      'contact.spacing',
      /thousand years/,
    ],
    ['a target without a goal', target('stop: { resolved: true }'), 'targets[0].goals', /promises nothing/],
    ['a target that never stops', target('goals: [{ within: 8h }]'), 'targets[0]', /never be met/],
    [
      'a clock that never starts',
      target('start: { resolved: true }\nstop: { resolved: true }\ngoals: [{ within: 8h }]'),
      'targets[0].stop',
      /never start/,
    ],
    [
      'a goal that never applies',
      target('stop: { resolved: true }\ngoals: [{ within: 8h }, { when: { priority: high }, within: 4h }]'),
      'targets[0].goals[1]',
      /never applies/,
    ],
    [
      'a clock for each message that also says when it stops',
      target('each: customer-message\nstop: { resolved: true }\ngoals: [{ within: 8h }]'),
      'targets[0].stop',
      /starts with the message and ends with our answer/,
    ],
    [
      'a clock for each message that also says how it goes on',
      target('each: customer-message\nonReturn: resume\ngoals: [{ within: 8h }]'),
      'targets[0].onReturn',
      /starts with the message and ends with our answer/,
    ],
    ['a clock for each of something else', target('each: day\ngoals: [{ within: 8h }]'), 'targets[0].each', /"day"/],
    [
      'an escalation in over a thousand years',
      target(`${SOUND}\nescalation: [{ after: 9999999d, to: a }]`),
      'targets[0].escalation[0].after',
      /over a thousand years/,
    ],
    [
      'levels of an escalation out of order',
      target(`${SOUND}\nescalation: [{ after: 2h, to: a }, { after: 1h, to: b }]`),
      'targets[0].escalation[1]',
      /would not come after level 1/,
    ],
    [
      'the first level of an escalation twice',
      target(`${SOUND}\nescalateTo: a\nescalation: [{ after: 2h, to: a }]`),
      'targets[0].escalateTo',
      /first level already/,
    ],
    ['a warning at the start', target(`${SOUND}\nwarnBefore: 8h`), 'targets[0].warnBefore', /as soon as/],
    ['a field that no case has', target(`${SOUND}\npause: { mood: bad }`), 'targets[0].pause.mood', /no field "mood"/],
    ['a sealed field', target(`${SOUND}\npause: { note: bad }`), 'targets[0].pause.note', /sealed/],
    ['a status that there is not', target(`${SOUND}\npause: { status: asleep }`), 'targets[0].pause', /never hold/],
    [
      'two values at once',
      target(`${SOUND}\npause: { $and: [{ priority: a }, { priority: b }] }`),
      'targets[0].pause',
      /never hold/,
    ],
    ['no number between', target(`${SOUND}\npause: { cycle: { $gt: 3, $lt: 2 } }`), 'targets[0].pause', /never hold/],
    [
      'more than a reported target has',
      `${HEAD}calendars: {}\ntargets: [{ id: t, title: T, reportedOnly: no date, warnBefore: 1h }]\n`,
      'targets[0].warnBefore',
      /computes nothing/,
    ],
    [
      'a cause that there is not',
      causes('{ taxonomy: [{ code: a }], mapped: [{ from: [x], to: [b] }] }'),
      'rootCauses.mapped[0].to',
      /no cause b/,
    ],
    [
      'a code twice',
      causes('{ taxonomy: [{ code: a, children: [{ code: b }, { code: b }] }] }'),
      'rootCauses.taxonomy[0].children[1].code',
      /another sibling cause/,
    ],
    [
      'a mapping that never applies',
      causes('{ mapped: [{ from: [a], to: [b] }, { from: [a, c], to: [d] }] }'),
      'rootCauses.mapped[1]',
      /never applies/,
    ],
    [
      'an override that never applies',
      triage(
        'overrides: [{ id: a, when: { kind: { $in: [social, review] } }, do: nothing }, { id: b, when: { kind: social, nps: 3 }, do: recover }]',
      ),
      'triage.overrides[1]',
      /never applies/,
    ],
    [
      'a sealed field of a response',
      triage('overrides: [{ id: a, when: { comment: bad }, do: recover }]'),
      'triage.overrides[0].when.comment',
      /sealed/,
    ],
    [
      'routing without a way to choose among those who suit',
      triage('routing: { language: required }'),
      'triage.routing',
      /how to choose/,
    ],
    [
      'weights that nothing reads',
      triage('owner: round-robin\n  routing: { weights: { urgent: 3 } }'),
      'triage.routing.weights',
      /balanced only/,
    ],
    [
      'a condition of routing over what a case does not keep',
      triage('owner: balanced\n  routing: { skills: [{ when: { contactMe: yes }, skill: billing }] }'),
      'triage.routing.skills[0].when.contactMe',
      /contactMe/,
    ],
    ['a threshold off the scale', triage('team: care').replace('nps: 6', 'nps: 10'), 'triage.low.nps', /from 0 to 10/],
    [
      'an unknown variable of a message',
      `${HEAD}calendars: {}\ntargets: []\nmessages: { closing: { body: 'Dear {{ nmae }}' } }\n`,
      'messages.closing.body',
      /no variable "nmae"/,
    ],
    [
      'an unknown filter of a message',
      `${HEAD}calendars: {}\ntargets: []\nmessages: { closing: { subject: '{{ reference | shout }}', body: 'x' } }\n`,
      'messages.closing.subject',
      /shout/,
    ],
    [
      'an unknown variable of a message in another language',
      `${HEAD}calendars: {}\ntargets: []\nmessages: { closing: { body: 'x', languages: { de: { body: '{{ priority }}' } } } }\n`,
      'messages.closing.languages.de.body',
      /no variable "priority"/,
    ],
    [
      'a broken template',
      `${HEAD}calendars: {}\ntargets: []\nmessages: { closing: { body: '{{ reference' } }\n`,
      'messages.closing.body',
      /not closed/,
    ],
    [
      'a message that would read a file',
      `${HEAD}calendars: {}\ntargets: []\nmessages: { closing: { body: '{% include "secrets" %}' } }\n`,
      'messages.closing.body',
      /./,
    ],
    ['a review on no day', `${HEAD.replace('12-31', '13-31')}calendars: {}\ntargets: []\n`, 'reviewBy', /no day/],
  ])('%s is refused with its path', (_what, text, path, message) => {
    const found = problems(text);
    expect(found.map((problem) => problem.path)).toEqual([path]);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.line).toBeGreaterThan(1);
  });
});

test('a goal of many years is valid', () => {
  expect(problems(target('stop: { resolved: true }\ngoals: [{ within: 15000d }]'))).toEqual([]);
});

test('a problem reads as one line', () => {
  const [problem] = problems(target(`${SOUND}\nretarget: forget`));
  expect(problem && sayProblem(problem)).toBe(
    'line 13, column 5: targets[0].retarget: "forget" can\'t be read. Write one of keep, restart, pinned.',
  );
});

test('a path can be parsed, even with odd names', () => {
  const parts = ['calendars', 'our "own" one. Or', 'holidays', 3, 'x-y'];
  expect(partsOf(pathOf(parts))).toEqual(parts);
});
