import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { builtIn } from './all.js';

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'built-in');

test.for(Object.entries(builtIn))(
  '[R1] [R2] [R3] [R4] [R5] [R6] built-in/%s.json is what its source builds',
  ([name, build]) => {
    const file = join(folder, `${name}.json`);
    const made = `${JSON.stringify(build().build(), null, 2)}\n`;
    // WRITE_DASHBOARDS=1 npx vitest run --project unit packages/dashboards/src/built-in
    if (process.env['WRITE_DASHBOARDS'] === '1') writeFileSync(file, made);
    expect(readFileSync(file, 'utf8')).toBe(made);
  },
);

test('no other file stands among the built-in dashboards', () => {
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(builtIn)
      .map(name => `${name}.json`)
      .sort(),
  );
});

test('[R13] [R14] every dashboard groups its panels in rows, says what each shows, and refreshes every 10 s', () => {
  for (const [name, build] of Object.entries(builtIn)) {
    const { panels = [], refresh, uid, title } = build().build();
    expect([name, refresh, uid?.startsWith('bellwether-'), title !== '']).toEqual([name, '10s', true, true]);
    const nameless = panels.filter(panel => (panel.title ?? '') === '');
    const silent = panels.filter(
      panel => panel.type !== 'row' && !('description' in panel && panel.description !== ''),
    );
    expect({ name, first: panels[0]?.type, nameless, silent }).toEqual({
      name,
      first: 'row',
      nameless: [],
      silent: [],
    });
  }
});
