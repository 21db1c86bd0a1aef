import { SCALES } from '../../recovery/vocabulary/scales.js';
import type { Guess } from './guess-columns.js';
import type { Sample } from './sample.js';
import { list, named, scalar } from './yaml-text.js';

/** What a proposal is written for. */
export interface Subject {
  /** The file's name, without a folder. */
  readonly file: string;
  /** Programme and source. */
  readonly name: string;
  readonly rulesFile: string;
  /** Where the file's local times are. */
  readonly zone: string;
  /** Whether somebody named that zone. */
  readonly zoneIsGuessed: boolean;
  /** The day until which the rules should be looked through: yyyy-MM-dd. */
  readonly reviewBy: string;
}

/** A programme's name, from a file's: small letters, digits and hyphens. */
export const nameFrom = (file: string): string =>
  file
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]*$/, '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .replace(/-+$/, '') || 'imported';

/** A mapping to start from, with each guess said in a comment. */
export function proposedMapping({ encoding, delimiter }: Sample, guess: Guess, subject: Subject): string {
  const { dates, numbers, scores, customer, personal } = guess;
  const format = [
    'type: csv',
    `delimiter: ${delimiter === '\t' ? '"\\t"' : `'${delimiter}'`}`,
    ...(encoding === 'utf-8' ? [] : [`encoding: ${encoding}`]),
  ];
  const orElse = dates.orElse === undefined ? '' : `; ${dates.orElse} would fit as well: look at a date that you know`;
  const numbersOrElse =
    numbers?.orElse === undefined ? '' : `; '${numbers.orElse}' would fit as well: look at one that you know`;
  return `# Proposed by amends import --propose, from the first rows of ${subject.file}. Whatever is called a guess is one: correct it,
# then look at what the mapping makes of the first rows with amends import --preview. See docs/mappings.md.
programme: ${subject.name}
title: ${subject.name}
source: ${subject.name} # part of every id: choose it for good before the first import
pack: ${scalar(subject.rulesFile)}
format: { ${format.join(', ')} } # guess; line 1 names the columns
zone: ${subject.zone} # of local times${subject.zoneIsGuessed ? ": a guess, this computer's own" : ''}
dates: ${dates.pattern} # guess, from ${named(dates.columns)}${orElse}
${numbers ? `numbers: ${numbers.style === "1'234.5" ? `"${numbers.style}"` : `'${numbers.style}'`} # guess, from ${named(numbers.columns)}${numbersOrElse}\n` : ''}${emptyOf(guess)}${columnsOf(guess)}
rows:
  group: ${scalar(guess.group)} # guess: ${guess.rowIsCase ? 'it is another one in each row' : 'its rows are one case'}
  grouped: ${guess.together ? 'together' : `anywhere\n  order: [${scalar(guess.at)}]`}
  id: ${list(guess.id)}

${customer === undefined ? '# No column seems to name the customer, so that each case has one of its own. Else: customer: COLUMN\n' : `customer: ${scalar(customer)} # guess, by its name; only the vault keeps it\n`}${
    personal.length === 0
      ? '# No column seems to hold a name, an address or words of a person. Else: personal: [COLUMN]\n'
      : `# Guess: names, addresses, ids and words of persons. No rejects file has them.\npersonal: ${list(personal)}\n`
  }
emit:
${emitsOf(guess, scores.length > 0).join('\n')}`;
}

const emptyOf = ({ empty }: Guess): string =>
  empty.length === 0 ? '' : `empty: ${list(empty)} # guess: texts that mean nothing\n`;

const columnsOf = ({ scores, amount }: Guess): string => {
  const numbers = [...scores.map(({ column }) => column), ...(amount ? [amount.column] : [])];
  return numbers.length === 0 ? '' : `columns:\n${numbers.map((column) => `  ${scalar(column)}: number\n`).join('')}`;
};

function emitsOf(guess: Guess, isSurvey: boolean): readonly string[] {
  const { received, at, contacted, owner, amount } = guess;
  // A log may write a closing date back into all rows of a case; its status says it in the right one.
  const status = guess.rowIsCase || guess.status?.done.length === 0 ? undefined : guess.status;
  const closed = status ? undefined : guess.closed;
  const low = lowOf(guess);
  const opens = isSurvey ? `row: { ${low} }` : guess.rowIsCase ? undefined : 'first: true';
  const conditions = (more: readonly string[]): string => `{ ${[...(isSurvey ? [low] : []), ...more].join(', ')} }`;
  const needs = (...columns: readonly string[]): string =>
    conditions(columns.map((column) => `${scalar(column)}: { $ne: null }`));
  const lacks = (column: string): string => conditions([`${scalar(column)}: null`]);
  const more = optional({ team: guess.team, touchpoint: guess.touchpoint, product: guess.product });
  const priority = guess.priority === undefined ? 'normal' : `{ column: ${scalar(guess.priority)}, otherwise: normal }`;
  return [
    ...(isSurvey ? [responseOf(guess)] : []),
    emit('CaseOpened', received, {
      ...(at === received || guess.rowIsCase ? {} : { knownAt: at }),
      says: isSurvey ? `Only a low answer opens a case: ${lowSaid(guess)}.` : undefined,
      when: opens,
      set: {
        kind: isSurvey ? 'recover' : 'complaint',
        priority,
        reference: `{ column: ${scalar(guess.group)} }`,
        ...more,
      },
    }),
    ...assignedOf(guess, opens, needs, lacks),
    ...(owner !== undefined && !guess.rowIsCase && !isSurvey ? [handedOff(owner, at)] : []),
    ...(contacted === undefined
      ? []
      : [
          emit('ContactAttempted', contacted, {
            says: 'Guess: the customer was reached then. The file does not say how.',
            when: once(guess, contacted, needs),
            set: { channel: 'other', outcome: 'reached' },
          }),
        ]),
    ...(amount === undefined
      ? []
      : [
          emit('ResolutionOffered', closed ?? at, {
            says: 'Guess: an amount is a refund. Name the kinds of offers that you have.',
            when: `row: ${needs(amount.column, ...(closed === undefined ? [] : [closed]))}`,
            set: {
              kind: 'refund',
              value: `{ money: { amount: ${scalar(amount.column)}, currency: ${amount.currency} } }`,
            },
          }),
        ]),
    ...closedOf(guess, closed, status, needs),
  ];
}

/** A log repeats a date in each row of a case. */
const once = ({ rowIsCase }: Guess, column: string, needs: (column: string) => string): string =>
  `${rowIsCase ? '' : `changed: [${scalar(column)}], `}row: ${needs(column)}`;

/** The conditions of a low answer, without their braces. */
function lowOf({ scores }: Guess): string {
  const conditions = scores.map(({ column, metric }) => `${scalar(column)}: { $lte: ${SCALES[metric].low} }`);
  return conditions.length === 1 ? (conditions[0] ?? '') : `$or: [${conditions.map((one) => `{ ${one} }`).join(', ')}]`;
}

const lowSaid = ({ scores }: Guess): string =>
  named(
    scores.map(({ column, metric, from, to }) => {
      const scale = SCALES[metric];
      return `${column} goes from ${from} to ${to}, as ${metric.toUpperCase()} (${scale.from} to ${scale.to}), which is low up to ${SCALES[metric].low}`;
    }),
  );

const responseOf = ({ received, scores, comment, touchpoint, product, rowIsCase }: Guess): string =>
  emit('ResponseReceived', received, {
    says: 'Guess: each row is an answer to a survey.',
    when: rowIsCase ? undefined : 'first: true',
    set: {
      kind: 'survey',
      answers: `{ scores: { ${scores.map(({ metric, column }) => `${metric}: ${scalar(column)}`).join(', ')} } }`,
      ...optional({ comment, touchpoint, product }),
    },
  });

function assignedOf(
  { owner, at, rowIsCase }: Guess,
  opens: string | undefined,
  needs: (column: string) => string,
  lacks: (column: string) => string,
): readonly string[] {
  const fallback = { owner: '{ rule: fallbackOwner }', by: 'programme-fallback', reason: 'The source names no owner' };
  if (owner === undefined) return [emit('CaseAssigned', at, { when: opens, set: fallback })];
  const first = rowIsCase ? '' : `changed: [${scalar(owner)}], previous: { ${scalar(owner)}: null }, `;
  const nobody = rowIsCase ? '' : 'first: true, ';
  return [
    emit('CaseAssigned', at, {
      when: `${first}row: ${needs(owner)}`,
      set: { owner: `{ column: ${scalar(owner)} }` },
    }),
    emit('CaseAssigned', at, { when: `${nobody}row: ${lacks(owner)}`, set: fallback }),
  ];
}

const handedOff = (owner: string, at: string): string =>
  emit('CaseHandedOff', at, {
    when: `changed: [${scalar(owner)}], previous: { ${scalar(owner)}: { $ne: null } }, row: { ${scalar(owner)}: { $ne: null } }`,
    set: {
      fromOwner: `{ previous: ${scalar(owner)} }`,
      toOwner: `{ column: ${scalar(owner)} }`,
      reason: 'Reassigned in the source',
    },
  });

function closedOf(
  guess: Guess,
  closed: string | undefined,
  status: Guess['status'],
  needs: (column: string) => string,
): readonly string[] {
  const says = 'Guess: closed is solved and approved at once.';
  const emitted = (occurredAt: string, when: string) => [
    emit('CaseSubmitted', occurredAt, { says, when }),
    emit('CaseApproved', occurredAt, { when }),
  ];
  if (status) return emitted(guess.at, `firstTime: { ${scalar(status.column)}: { $in: ${list(status.done)} } }`);
  if (closed !== undefined) return emitted(closed, once(guess, closed, needs));
  return ['  # No column seems to say when a case was closed. Else: CaseSubmitted, and CaseApproved.\n'];
}

interface Emitted {
  readonly knownAt?: string;
  readonly says?: string | undefined;
  readonly when?: string | undefined;
  readonly set?: Readonly<Record<string, string>>;
}

function emit(type: string, occurredAt: string, { knownAt, says, when, set }: Emitted): string {
  return [
    ...(says === undefined ? [] : [`  # ${says}`]),
    `  - type: ${type}`,
    ...(when === undefined ? [] : [`    when: { ${when} }`]),
    `    occurredAt: ${scalar(occurredAt)}`,
    ...(knownAt === undefined ? [] : [`    knownAt: ${scalar(knownAt)}`]),
    ...(set === undefined
      ? []
      : ['    set:', ...Object.entries(set).map(([field, value]) => `      ${field}: ${value}`)]),
    '',
  ].join('\n');
}

const optional = (columns: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([field, column]) =>
      column === undefined ? [] : [[field, `{ column: ${scalar(column)} }`]],
    ),
  );

/** A rule set to start from: goals for whatever the file has times of. */
export function proposedRules({ scores, contacted, closed, status, rowIsCase }: Guess, subject: Subject): string {
  const hasEnd = closed !== undefined || (!rowIsCase && (status?.done.length ?? 0) > 0);
  const targets = [
    ...(contacted === undefined
      ? []
      : [target('first-contact', 'Customer reached within a working day', '{ contacted: true }', '8h')]),
    ...(hasEnd ? [target('resolve', 'Solved within three working days', '{ resolved: true }', '24h')] : []),
  ];
  return `# Proposed by amends import --propose for ${subject.file}. Hours and goals are made up: set your own. It is no legal advice.
programme: ${subject.name}
title: ${subject.name}
reviewBy: '${subject.reviewBy}'
fallbackOwner: customer-care # owns what the source names no owner for

calendars:
  office:
    zone: ${subject.zone}
    hours:
${['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => `      ${day}: ['09:00-17:00']`).join('\n')}
    holidays: []
${scores.length === 0 ? '' : triageOf(scores)}
${targets.length === 0 ? '# The file has no time of a contact or of an end, so that there is nothing to promise yet.\ntargets: []' : `targets:\n${targets.join('\n')}`}

approval:
  fourEyes: false
`;
}

const triageOf = (scores: Guess['scores']): string => `
# What answers that come in later, by themselves, become.
triage:
  low: { ${scores.map(({ metric }) => `${metric}: ${SCALES[metric].low}`).join(', ')} }
  cells:
    low:
      'yes': { do: recover }
      'no': { do: respect }
      not-answered: { do: recover }
    high:
      'yes': { do: call-back }
      'no': { do: nothing }
      not-answered: { do: nothing }
`;

const target = (id: string, title: string, stop: string, within: string): string => `  - id: ${id}
    title: ${title}
    calendar: office
    stop: ${stop}
    cancel: { status: merged }
    goals:
      - { within: ${within} }
`;
