import { expect, test } from '@jest/globals';
import type { CollectionShape } from './read-store.js';
import { refuseShapes } from './refusals.js';

const shape = (name: string, fields: CollectionShape['fields'], indexes: string[][] = []): CollectionShape => ({
  name,
  version: 1,
  fields,
  indexes,
});

test('a shape that every engine holds is accepted', () => {
  const shapes = [shape('due-today', { dueAt: 'instant', team: 'string' }, [['team', 'dueAt']]), shape('teams', {})];
  expect(() => refuseShapes(shapes)).not.toThrow();
});
test.each([
  [[shape('due-today', {}), shape('due_Today', {})], 'Two read models would be called due_today'],
  [[shape('amends-removed', {})], `"amends-removed" can't be a read model's name`],
  [[shape('1st', {})], `"1st" can't be a read model's name`],
  [[shape('teams', { Id: 'string' })], `teams can't declare "Id"`],
  [[shape('teams', { document: 'string' })], `teams can't declare "document"`],
  [[shape('teams', { 'a.b': 'string' })], `teams can't declare "a.b"`],
  [[shape('teams', { lead: 'string', Lead: 'string' })], `teams can't declare "Lead"`],
  [[shape('teams', {}, [['lead']])], `teams can't index lead`],
])('a shape that some engine can not hold is refused %#', (shapes, sentence) => {
  expect(() => refuseShapes(shapes)).toThrow(sentence);
});
