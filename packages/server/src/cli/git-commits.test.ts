import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitCommits } from './git-commits.js';

test('[I8] commits of a range are read from git, the newest first, with the files that they changed, whatever their names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-git-'));
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.example', ...args], { cwd: folder });
  git('init', '-q', '-b', 'main');
  mkdirSync(join(folder, 'src'));
  for (const [file, message] of [
    ['src/cart.ts', 'The cart'],
    ['src/pay.ts', 'Cards: "declined" is told\n\nAt length.'],
    ['src/größe.ts', 'Sizes'],
  ] as const) {
    writeFileSync(join(folder, file), message);
    git('add', '.');
    git('commit', '-q', '-m', message);
  }
  const commits = await gitCommits('HEAD~2..HEAD', folder);
  expect(commits.map(({ author, message, files }) => [author, message, files])).toEqual([
    ['Ann', 'Sizes', ['src/größe.ts']],
    ['Ann', 'Cards: "declined" is told', ['src/pay.ts']],
  ]);
  expect(commits[0]?.sha).toMatch(/^[0-9a-f]{40}$/);
  await expect(gitCommits('v1..v2', folder)).rejects.toThrow(/git does not tell the commits of v1..v2: fatal/);
  await expect(gitCommits('--output=x', folder)).rejects.toThrow('a range of git');
  rmSync(folder, { recursive: true });
});
