import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mongoShape } from './mongo-shape.js';

class ObjectId {
  readonly _bsontype = 'ObjectId';
}

test.each([
  [
    { find: 'users', filter: { age: { $gt: 3 }, mail: 'a@b.c' }, sort: { age: -1 }, lsid: {} },
    'find users',
    'find users {filter: {age: {$gt: ?}, mail: ?}, sort: {age: -1}}',
  ],
  [
    { find: 'users', filter: { _id: { $in: [new ObjectId(), new ObjectId()] } } },
    'find users',
    'find users {filter: {_id: {$in: [?]}}}',
  ],
  [{ insert: 'orders', documents: [{ secret: 1 }] }, 'insert orders', 'insert orders'],
  [
    { update: 'orders', updates: [{ q: { id: 1 }, u: { $set: { paid: true } } }] },
    'update orders',
    'update orders {updates: [{q: {id: ?}, u: {$set: {paid: ?}}}]}',
  ],
  [{ getMore: 123, collection: 'users' }, 'getMore users', 'getMore users'],
  [{ aggregate: 1, pipeline: [{ $match: { 'a@b.c': 1 } }] }, 'aggregate', 'aggregate {pipeline: [{$match: {?: ?}}]}'],
  [
    { findAndModify: 'jobs', query: { $or: [{ a: 1 }, { b: 2 }, { a: 3 }] } },
    'findAndModify jobs',
    'findAndModify jobs {query: {$or: [{a: ?}, {b: ?}]}}',
  ],
  [{}, 'command', 'command'],
])('[D4] %j is "%s"', (command, summary, text) => {
  const shape = mongoShape(command);
  expect([shape.summary, shape.text]).toEqual([summary, text]);
});

test('[D4] no value survives, however deep or wide it stands, and the text is bounded', () => {
  const value = fc.anything({ values: [fc.constant('SECRET'), fc.integer()], key: fc.constantFrom('a', '$or', 'b.c') });
  fc.assert(
    fc.property(value, filter => {
      const { text } = mongoShape({ find: 'users', filter });
      expect(text).not.toContain('SECRET');
      expect(text.length).toBeLessThan(5000);
    }),
  );
});
