import { fileURLToPath } from 'node:url';
import { viewToSave } from '@bellwether/model';
import { afterAll, expect, test } from 'vitest';
import { openControlStore } from './control-store.js';
import { removeView, saveView, savedViews } from './saved-views.js';

const store = openControlStore(
  ':memory:',
  fileURLToPath(new URL('../../control-migrations', import.meta.url)),
  '0.1.0',
);
afterAll(() => store.close());

test('a view is kept under its name in its workspace, a name is given once, and what is removed is gone', () => {
  const slow = { name: 'Slow checkouts', address: '/traces?q=service:checkout+duration>1s&from=now-1h' };
  const saved = saveView(store, 'default', slow, 1000);
  expect(saved).toMatchObject({ ...slow, savedMs: 1000 });
  expect(saveView(store, 'default', { ...slow, address: '/logs' }, 2000)).toBe('name is taken');
  expect(saveView(store, 'other', slow, 3000)).toMatchObject(slow);
  saveView(store, 'default', { name: 'bad lines', address: '/logs?q=level>=error' }, 4000);
  expect(savedViews(store, 'default').map(view => view.name)).toEqual(['bad lines', 'Slow checkouts']);

  const id = savedViews(store, 'default')[1]?.id ?? '';
  expect(removeView(store, 'other', id)).toBe(false);
  expect(removeView(store, 'default', id)).toBe(true);
  expect(savedViews(store, 'default').map(view => view.name)).toEqual(['bad lines']);
  expect(savedViews(store, 'other')).toHaveLength(1);
});

test('a workspace has room for 500', () => {
  store.db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO saved_views SELECT 'full', 'id ' || i, 'view ' || i, '/', 0 FROM n`);
  expect(saveView(store, 'full', { name: 'one more', address: '/' }, 0)).toBe('full');
});

test.each([
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '',
  '/logs\nx',
  '/a\\b',
])('%j is no address of a view', address => {
  expect(viewToSave.safeParse({ name: 'x', address }).success).toBe(false);
});
