import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Refused, exitCode } from './exit-code.js';

/** A commit as the API takes it. */
export interface Commit {
  readonly sha: string;
  readonly author: string;
  readonly atMs: number;
  readonly message: string;
  readonly files: readonly string[];
}

const maxCommits = 500;
const maxFiles = 500;

/** The commits of a range (`v411..v412`), the newest first, with the files that each changed. Throws `Refused` when git does not know it. */
export async function gitCommits(range: string, cwd: string): Promise<readonly Commit[]> {
  if (range.startsWith('-'))
    throw new Refused(`--commits takes a range of git, as v411..v412, not ${range}`, exitCode.usage);
  const format = '%x1e%H%x1f%an%x1f%ct%x1f%s%x1f';
  const args = ['-c', 'core.quotePath=off', 'log', '--no-merges', `--max-count=${maxCommits}`, `--format=${format}`];
  const { stdout } = await promisify(execFile)('git', [...args, '--name-only', range, '--'], {
    cwd,
    maxBuffer: 64 * 1_048_576,
  }).catch((error: unknown) => {
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Refused(`git does not tell the commits of ${range}: ${said.split('\n')[0] || 'is it installed?'}`);
  });
  return readGitLog(stdout);
}

/** What `git log` printed: commits begin with the character 1E, their fields end with 1F, then come the files by lines. */
export function readGitLog(text: string): readonly Commit[] {
  return text
    .split('\x1e')
    .slice(1)
    .map(commit => {
      const [sha = '', author = '', seconds = '', message = '', files = ''] = commit.split('\x1f');
      return {
        sha,
        author: author.slice(0, 200),
        atMs: Number(seconds) * 1000,
        message: message.slice(0, 500),
        files: files
          .split('\n')
          .filter(file => file !== '' && file.length <= 500)
          .slice(0, maxFiles),
      };
    });
}
