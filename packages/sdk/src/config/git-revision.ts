import { fs } from '../core/node-modules.js';
import { dirname, isAbsolute, join } from 'node:path';

/** Set by build systems and hosts, most specific first. */
const variables = [
  'BELLWETHER_REVISION',
  'GIT_SHA',
  'GIT_COMMIT',
  'GITHUB_SHA',
  'CI_COMMIT_SHA',
  'SOURCE_COMMIT',
  'VERCEL_GIT_COMMIT_SHA',
  'RENDER_GIT_COMMIT',
  'RAILWAY_GIT_COMMIT_SHA',
  'HEROKU_SLUG_COMMIT',
] as const;

const revision = /^[\da-f]{40}(?:[\da-f]{24})?$/;

/**
 * The commit that runs, from the environment or from `.git` above `folder`. It starts no process and reads at most a few small files.
 */
export function gitRevision(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const name of variables) {
    const value = environment[name];
    if (value !== undefined && /^[\da-f]{7,64}$/.test(value)) return value;
  }
  try {
    const git = findGit(folder);
    return git === undefined ? undefined : headOf(git);
  } catch {
    return undefined;
  }
}

function findGit(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, '.git');
    const found = fs.statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return path;
    if (found?.isFile() === true) {
      // A work tree or submodule: `gitdir: <path>`
      const target = /^gitdir: (.+)$/m.exec(fs.readFileSync(path, 'utf8'))?.[1];
      if (target !== undefined) return isAbsolute(target) ? target : join(at, target);
    }
    if (dirname(at) === at) return undefined;
  }
}

function headOf(git: string): string | undefined {
  const head = fs.readFileSync(join(git, 'HEAD'), 'utf8').trim();
  if (revision.test(head)) return head;
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined || ref.includes('..')) return undefined;
  // A linked work tree keeps its branches in the main repository, which `commondir` names.
  const common = readIfThere(join(git, 'commondir'))?.trim();
  const shared = common === undefined ? git : isAbsolute(common) ? common : join(git, common);
  const loose = readIfThere(join(shared, ref))?.trim();
  if (loose !== undefined && revision.test(loose)) return loose;
  const packed = readIfThere(join(shared, 'packed-refs')) ?? '';
  const line = packed.split('\n').find(line => line.endsWith(` ${ref}`));
  const name = line?.split(' ')[0];
  return name !== undefined && revision.test(name) ? name : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
