import { ZONE_REMEDY } from '../calendar/zone.js';
import { METRICS } from '../vocabulary/scales.js';
import { CHANNELS, RELEASE_ORDERS, SCORE_LEVELS, TOLD_BY } from '../vocabulary/words.js';

/**
 * The published JSON Schema of rule sets, also in docs/rule-set.schema.json for editors. Each `description` is an
 * instruction: check-rule-set.ts uses it as the remedy.
 */

const object = (required: readonly string[], properties: Readonly<Record<string, object>>, description?: string) => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  required,
  properties,
  additionalProperties: false,
});

/** Names that people choose. They appear in paths, so they have no odd characters. */
const named = (values: object, description: string) => ({
  type: 'object',
  description,
  propertyNames: {
    pattern: '^[A-Za-z][A-Za-z0-9 _-]{0,63}$',
    description: 'Names are letters, digits, spaces, - and _.',
  },
  additionalProperties: values,
});

const list = (items: object, description: string, more: object = {}) => ({
  type: 'array',
  description,
  items,
  ...more,
});
const text = (description: string) => ({ type: 'string', minLength: 1, maxLength: 10_000, description });
const oneOf = (...values: readonly string[]) => ({ enum: values, description: `Write one of ${values.join(', ')}.` });
const ref = (definition: string) => ({ $ref: `#/$defs/${definition}` });

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const same = (names: readonly string[], schema: object) => Object.fromEntries(names.map((name) => [name, schema]));

const hoursOfDay = list(
  { type: 'string', description: 'Write hours such as "09:00-12:30".' },
  'Write a list of hours.',
);

const limits = {
  type: 'object',
  description: 'Write amounts in minor units by currency, such as EUR: 5000 for 50 euros.',
  propertyNames: { pattern: '^[A-Z]{3}$', description: 'Currencies are three capital letters, such as EUR.' },
  additionalProperties: {
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Write minor units, such as 5000.',
  },
};

const TEMPLATE = { subject: text('Write a line of text.'), body: text('Write a Liquid template.') };

const CELL = {
  do: oneOf('recover', 'call-back', 'respect', 'nothing'),
  priority: text('Name a priority.'),
  team: text('Name a team.'),
};

export const RULE_SET_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Rule set',
  ...object(['programme', 'title', 'reviewBy', 'fallbackOwner', 'calendars', 'targets'], {
    programme: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]{0,62}$',
      description: 'Write small letters, digits and hyphens, such as service-recovery.',
    },
    title: text('Say what these rules are for.'),
    reviewBy: ref('day'),
    notice: text('Say what must be said of these rules wherever they are shown.'),
    fallbackOwner: text('Name who owns what no rule and no team gives an owner.'),
    calendars: named(ref('calendar'), 'Write calendars by name.'),
    triage: ref('triage'),
    targets: list(ref('target'), 'Write a list of targets.'),
    queueOrder: oneOf('priority', 'due'),
    contact: ref('contact'),
    progress: ref('progress'),
    offers: ref('offers'),
    rootCauses: ref('rootCauses'),
    approval: ref('approval'),
    verification: ref('verification'),
    messages: named(
      object(['body'], {
        ...TEMPLATE,
        to: list(text('Write the name of a destination.'), 'Write a list of destinations, such as [crm].', {
          minItems: 1,
        }),
        languages: named(object(['body'], TEMPLATE), 'Write templates by language, such as de or pt-BR.'),
      }),
      'Write messages by name.',
    ),
    playbooks: named(list(text('Write a step.'), 'Write a list of steps.'), 'Write playbooks by kind of case.'),
  }),
  $defs: {
    day: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Write a day such as 2031-05-05.' },
    instant: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?(Z|[+-]\\d{2}:\\d{2})$',
      description: 'Write an instant such as 2031-05-05T09:00:00Z.',
    },
    duration: {
      type: 'string',
      pattern: '^(\\d+(\\.\\d+)?[dhms])+$',
      description: 'Write a duration such as 15m, 1h30m, 132.47h or 2d.',
    },
    length: {
      type: 'string',
      pattern: '^((\\d+(\\.\\d+)?[dhms])+|\\d{1,9}wd)$',
      description:
        'Write working time such as 15m, 1h30m, 132.47h or 2d (48 working hours), or whole working days such as 2wd ' +
        '(the same local time two working days on).',
    },
    filter: { type: 'object', description: 'Write a condition such as { priority: high }.' },
    calendar: object(['zone', 'hours'], {
      zone: text(ZONE_REMEDY),
      hours: {
        description: 'Write always, or the hours of each day such as mon: ["09:00-12:30", "13:30-17:00"].',
        if: { type: 'string' },
        then: { const: 'always' },
        else: {
          type: 'object',
          properties: same(WEEKDAYS, hoursOfDay),
          additionalProperties: false,
        },
      },
      holidays: list(
        {
          description:
            'Write a day such as 2031-05-05, or with other hours { day: 2031-05-05, hours: ["09:00-13:00"] }.',
          if: { type: 'object' },
          then: ref('dayHours'),
          else: ref('day'),
        },
        'Write a list of days.',
      ),
      workdays: list(ref('dayHours'), 'Write a list of days with their hours.'),
    }),
    dayHours: object(
      ['day', 'hours'],
      { day: ref('day'), hours: hoursOfDay },
      'Write a day with its hours such as { day: 2031-05-05, hours: ["09:00-13:00"] }.',
    ),
    triage: object(['low', 'cells'], {
      low: {
        ...object([], same(METRICS, { type: 'number', description: 'Write the highest score that counts as low.' })),
        description: 'Write the highest low score by metric, such as nps: 6.',
      },
      cells: object(['low', 'high'], same(SCORE_LEVELS, ref('cells'))),
      overrides: list(
        object(['id', 'when'], { id: text('Name the override.'), when: ref('filter'), ...CELL }),
        'Write a list of overrides.',
      ),
      team: text('Name a team.'),
      owner: oneOf('round-robin', 'balanced', 'by-touchpoint'),
      touchpointOwners: {
        type: 'object',
        description: 'Write owners by touchpoint.',
        additionalProperties: text('Name an owner.'),
      },
      routing: ref('routing'),
      throttle: object(['perTeamAndDay'], {
        perTeamAndDay: { type: 'integer', minimum: 1, description: 'Write a whole number from 1 on.' },
        release: object(['order', 'within'], { order: oneOf(...RELEASE_ORDERS), within: ref('duration') }),
        holdsBackYes: { type: 'boolean', description: 'Write true to hold back whoever asked to be contacted.' },
      }),
      stages: list(
        object(['id'], {
          id: text('Name the stage.'),
          percentage: { type: 'number', minimum: 0, maximum: 100, description: 'Write 0 to 100.' },
          touchpoints: list(text('Name a touchpoint.'), 'Write a list of touchpoints.'),
          from: ref('instant'),
          until: ref('instant'),
        }),
        'Write a list of stages.',
      ),
    }),
    routing: object([], {
      owners: list(
        object(['when', 'owner'], { when: ref('filter'), owner: text('Name an owner.') }),
        'Write a list of owners such as { when: { tags: { $in: [press] } }, owner: ana.lopes }.',
      ),
      skills: list(
        object(['when', 'skill'], { when: ref('filter'), skill: text('Name a skill.') }),
        'Write a list of skills such as { when: { tags: { $in: [billing] } }, skill: billing }.',
      ),
      language: oneOf('required', 'preferred'),
      workingNow: oneOf('required', 'preferred'),
      lastOwner: object(['within'], { within: ref('duration') }),
      onLeaving: oneOf('keep', 'hand-on'),
      weights: {
        type: 'object',
        description: 'Write weights by priority, such as high: 3.',
        additionalProperties: {
          type: 'number',
          minimum: 0,
          maximum: 1000,
          description: 'Write a number from 0 to 1000.',
        },
      },
    }),
    // Older rule sets say notAnswered; that one of them stands there is checked beside the meaning.
    cells: object(['yes', 'no'], same(['yes', 'no', 'not-answered', 'notAnswered'], ref('cell'))),
    cell: object(['do'], CELL),
    target: object(['id', 'title'], {
      id: {
        type: 'string',
        pattern: '^[a-z][a-z0-9-]{0,62}$',
        description: 'Write small letters, digits and hyphens, such as first-contact.',
      },
      title: text('Say what is promised.'),
      reportedOnly: text("Say why only a source's own verdict can be shown."),
      each: oneOf('customer-message'),
      calendar: text('Name a calendar of this rule set.'),
      ...same(['start', 'stop', 'pause', 'cancel'], ref('filter')),
      goals: list(
        object(['within'], { when: ref('filter'), within: ref('length') }),
        'Write a list of goals such as { within: 24h }.',
      ),
      warnBefore: ref('length'),
      escalateTo: text('Name whom to escalate to.'),
      escalation: list(
        object(['to'], {
          after: ref('duration'),
          to: text('Name whom to tell: a role or a person.'),
          by: oneOf(...TOLD_BY),
          when: ref('filter'),
        }),
        'Write a list of levels such as { after: 2h, to: supervisor }.',
        { minItems: 1 },
      ),
      retarget: oneOf('keep', 'restart', 'pinned'),
      reopen: oneOf('first-only', 'restart', 'resume'),
      onReturn: oneOf('resume', 'continue', 'keep'),
      pastDue: oneOf('stays-missed', 'follows-goal'),
    }),
    progress: object(['every'], { every: ref('duration'), calendar: text('Name a calendar of this rule set.') }),
    contact: object(['tries'], {
      tries: { type: 'integer', minimum: 1, description: 'Write a whole number from 1 on.' },
      spacing: ref('duration'),
      hours: text('Name a calendar of this rule set.'),
      channels: list(oneOf(...CHANNELS), 'Write a list of channels.'),
      frequencyCap: object(['max', 'days'], {
        max: { type: 'integer', minimum: 1, description: 'Write a whole number from 1 on.' },
        days: { type: 'integer', minimum: 1, description: 'Write a whole number of days from 1 on.' },
      }),
    }),
    offers: object(['kinds', 'authority'], {
      kinds: list(text('Name a kind of offer.'), 'Write a list of kinds.', { minItems: 1 }),
      authority: named(object(['perOffer', 'perCase'], { perOffer: limits, perCase: limits }), 'Write limits by role.'),
    }),
    cause: object(['code'], {
      code: text('Write a code.'),
      title: text('Say what it means.'),
      actionRequired: { type: 'boolean', description: 'Write true or false.' },
      children: list(ref('cause'), 'Write a list of causes.'),
    }),
    rootCauses: object([], {
      taxonomy: list(ref('cause'), 'Write a list of causes, each with a code.', { minItems: 1 }),
      mapped: list(
        object(['from', 'to'], {
          from: list({ type: 'string' }, 'Write the codes from the coarsest on, such as [billing, amount].', {
            minItems: 1,
          }),
          to: list({ type: 'string' }, 'Write the codes from the coarsest on, such as [billing, amount].', {
            minItems: 1,
          }),
          when: ref('filter'),
        }),
        'Write a list of mappings.',
      ),
    }),
    approval: object(['fourEyes'], {
      fourEyes: { type: 'boolean', description: 'Write true or false.' },
      requires: list(
        oneOf('root-cause', 'contact', 'offer', 'customer-answer'),
        'Write a list of what must be present.',
      ),
    }),
    verification: object([], {
      reSurveyAfter: ref('duration'),
      coolDown: ref('duration'),
      sampleRate: { type: 'number', minimum: 0, maximum: 1, description: 'Write a share from 0 to 1.' },
      strata: oneOf('owner', 'team'),
      seed: text('Write a seed.'),
    }),
  },
};
