import { fileURLToPath } from 'node:url';
import { viewChange, viewToSave } from '@bellwether/model';
import { afterAll, expect, test } from 'vitest';
import { openControlStore } from './control-store.js';
import { changeView, removeView, saveView, savedViews } from './saved-views.js';

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

test('a view gets another name or another page, of its own workspace alone, and no name that is taken', () => {
  const [slow, bad] = ['slow', 'bad'].map(name => saveView(store, 'renamed', { name, address: `/logs?q=${name}` }, 1));
  if (typeof slow !== 'object' || typeof bad !== 'object') throw new Error('the views were not saved');
  expect(changeView(store, 'renamed', slow.id, { name: 'bad' }, 2)).toBe('name is taken');
  expect(changeView(store, 'other', slow.id, { name: 'theirs' }, 2)).toBeUndefined();
  expect(changeView(store, 'renamed', slow.id, { name: 'Slow ones' }, 2)).toMatchObject({ address: '/logs?q=slow' });
  expect(changeView(store, 'renamed', slow.id, { address: '/traces' }, 3)).toMatchObject({ name: 'Slow ones' });
  expect(savedViews(store, 'renamed')).toEqual([
    { ...bad, savedMs: 1 },
    { id: slow.id, name: 'Slow ones', address: '/traces', savedMs: 3, isDefault: false },
  ]);
  expect(viewChange.safeParse({}).success).toBe(false);
});

test('a page is opened with one view at most; a view that leads elsewhere is a default no longer', () => {
  const [slow, bad, traces] = ['/logs?q=slow', '/logs', '/traces'].map((address, n) =>
    saveView(store, 'defaults', { name: `view ${n}`, address }, 1),
  );
  if (typeof slow !== 'object' || typeof bad !== 'object' || typeof traces !== 'object') throw new Error('not saved');
  const defaults = (): readonly string[] =>
    savedViews(store, 'defaults').flatMap(({ isDefault, address }) => (isDefault ? [address] : []));
  for (const { id } of [slow, traces]) changeView(store, 'defaults', id, { isDefault: true }, 2);
  expect(defaults()).toEqual(['/logs?q=slow', '/traces']);
  expect(changeView(store, 'other', bad.id, { isDefault: true }, 2)).toBeUndefined();
  expect(changeView(store, 'defaults', bad.id, { isDefault: true }, 2)).toMatchObject({ isDefault: true, savedMs: 1 });
  expect(defaults()).toEqual(['/logs', '/traces']);
  changeView(store, 'defaults', bad.id, { address: '/logs?q=other' }, 3);
  expect(defaults()).toEqual(['/logs?q=other', '/traces']);
  changeView(store, 'defaults', bad.id, { address: '/errors' }, 3);
  changeView(store, 'defaults', traces.id, { isDefault: false }, 3);
  expect(defaults()).toEqual([]);
});

test('a workspace has room for 500', () => {
  store.db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO saved_views (workspace, id, name, address, saved_ms) SELECT 'full', 'id ' || i, 'view ' || i, '/', 0 FROM n`);
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
