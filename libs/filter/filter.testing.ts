import fc from 'fast-check';
import type { Document, FieldType } from '../event-sourcing/projection.js';
import type { Filter } from './filter.js';

/** Random documents and filters over fields of every type, from few values, so that they match often. */
export const FIELDS = {
  team: 'string',
  owner: 'string',
  priority: 'integer',
  amount: 'number',
  open: 'boolean',
  dueAt: 'instant',
  tags: 'strings',
} as const satisfies Record<string, FieldType>;

const text = fc.constantFrom('', 'a', 'A', 'b', 'ab', 'é', 'z', "o'brien", '"', '%', '1', 'null');
const integer = fc.integer({ min: -2, max: 3 });
const number = fc.constantFrom(-1.5, -0, 0, 0.1, 1, 2, 1e9, 1e-9);
const instant = fc.constantFrom('2031-05-05T09:00:00.000Z', '2031-05-05T09:00:00.001Z', '2030-12-31T23:59:59.999Z');

const VALUES = { team: text, owner: text, priority: integer, amount: number, open: fc.boolean(), dueAt: instant };

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 5 });

/** Each field may have a value, be null, or be missing. */
export const anyDocument: fc.Arbitrary<Document> = fc.record(
  {
    team: orNull(text),
    owner: orNull(text),
    priority: orNull(integer),
    amount: orNull(number),
    open: orNull(fc.boolean()),
    dueAt: orNull(instant),
    tags: orNull(fc.array(text, { maxLength: 3 })),
    note: text,
  },
  { requiredKeys: ['note'] },
);

const conditionsOn = <T extends string | number | boolean>(
  field: keyof typeof VALUES,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<Filter> => {
  const list = fc.array(orNull(value), { maxLength: 4 });
  const common = [
    orNull(value),
    fc.record({ $eq: orNull(value) }),
    fc.record({ $ne: orNull(value) }),
    fc.record({ $in: list }),
    fc.record({ $nin: list }),
    fc.record({ $exists: fc.boolean() }),
  ];
  const ordered =
    field === 'open'
      ? []
      : [fc.record({ $gt: value, $lte: value, $gte: value, $lt: value, $ne: value }, { requiredKeys: [] })];
  return fc
    .oneof(...common, ...ordered)
    .filter((condition) => condition === null || typeof condition !== 'object' || Object.keys(condition).length > 0)
    .map((condition) => ({ [field]: condition }) as Filter);
};

const onTags: fc.Arbitrary<Filter> = fc
  .oneof(
    fc.record({ $in: fc.array(orNull(text), { maxLength: 3 }) }),
    fc.record({ $nin: fc.array(orNull(text), { maxLength: 3 }) }),
    fc.record({ $exists: fc.boolean() }),
  )
  .map((tags) => ({ tags }));

const onOneField: fc.Arbitrary<Filter> = fc.oneof(
  conditionsOn('team', VALUES.team),
  conditionsOn('owner', VALUES.owner),
  conditionsOn('priority', VALUES.priority),
  conditionsOn('amount', VALUES.amount),
  conditionsOn('open', VALUES.open),
  conditionsOn('dueAt', VALUES.dueAt),
  onTags,
);

export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => {
  const several = fc.array(tie('filter'), { minLength: 1, maxLength: 3 });
  return {
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.array(onOneField, { maxLength: 3 }).map((filters) => Object.assign({}, ...filters) as Filter),
      several.map(($and) => ({ $and })),
      several.map(($or) => ({ $or })),
      fc.tuple(several, onOneField).map(([$nor, filter]) => ({ ...filter, $nor })),
    ),
  };
}).filter;
