import { expect, test } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { cases } from '../../../libs/read-models/cases.js';
import { pageQuery } from '../../../libs/read-store/sqlite/page-query.js';
import { buildIndexes, buildSchema, makeIdIndexes } from '../../../libs/read-store/sqlite/schema.js';
import { shapesOf } from '../../../libs/replay/fold/projections.js';

test.each(['response', 'reference', 'order', 'customer'])(
  'a case is found by its %s without reading past the others',
  (field) => {
    const shapes = shapesOf([cases as never]);
    using db = new DatabaseSync(':memory:');
    db.exec(buildSchema(shapes));
    makeIdIndexes(db, shapes);
    for (const index of buildIndexes(shapes)) db.exec(index);
    const [shape] = shapes;
    if (shape === undefined) throw new Error('The read model has no collection.');
    const { reads } = pageQuery(1, shape, { filter: { $and: [{ [field]: 'x' }] } });
    const plans = reads.flatMap(({ text, values }) =>
      db
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...values, 11)
        .map(({ detail }) => String(detail)),
    );
    expect(plans[0]).toContain(`(f_${field}=?)`);
  },
);
