import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { gitRevision } from './git-revision.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-git-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const sha = '0123456789abcdef0123456789abcdef01234567';

function repository(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  return join(folder, 'a/b');
}

test('the branch that HEAD names, loose or packed [A8]', () => {
  expect(
    gitRevision(repository({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${sha}\n` }), {}),
  ).toBe(sha);
  rmSync(join(folder, '.git/refs'), { recursive: true });
  expect(gitRevision(repository({ '.git/packed-refs': `# pack-refs\n${sha} refs/heads/main\n` }), {})).toBe(sha);
});

test('a detached HEAD, and a work tree whose .git is a file', () => {
  expect(gitRevision(repository({ '.git/HEAD': `${sha}\n` }), {})).toBe(sha);
  const tree = repository({ 'tree/.git': 'gitdir: ../.git\n' });
  expect(gitRevision(join(tree, '../../tree'), {})).toBe(sha);
});

test('the build system knows better than .git', () => {
  expect(gitRevision(repository({ '.git/HEAD': `${sha}\n` }), { GITHUB_SHA: 'abcdef1234567' })).toBe('abcdef1234567');
});
