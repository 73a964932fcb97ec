import type { Call, Command } from './command.js';
import { Refused, exitCode } from './exit-code.js';
import { gitCommits } from './git-commits.js';
import { postToServer, serverFlags } from './server-api.js';

/** Bodies of the API are at most 1 MB. */
const maxBodyChars = 900_000;

export const releases: Command = {
  name: 'releases',
  summary: 'Tells a server of a release with its commits (`new`), or that it goes out (`deploy`), as a pipeline does.',
  positional: 'new|deploy',
  flags: [
    { name: 'release', value: '<version>', doc: 'As `service.version` says it; needed.' },
    { name: 'commits', value: '<range>', doc: 'new: the commits of this range of git, as v411..v412.' },
    { name: 'service', value: '<name>', doc: 'deploy: the service; without, all of them.' },
    { name: 'environment', value: '<name>', doc: 'deploy: the environment; without, all of them.' },
    { name: 'at', value: '<time>', doc: 'deploy: when, as 2026-11-21T14:03:00Z; without, now.' },
    { name: 'url', value: '<url>', doc: 'Where it can be read about.' },
    ...serverFlags,
  ],
  examples: [
    { line: 'bellwether releases new --release v412 --commits v411..HEAD', does: 'What v412 brings.' },
    { line: 'bellwether releases deploy --release v412 --service checkout', does: 'It goes out now.' },
  ],
  async run(call) {
    const [what] = call.positionals;
    const { release: version, url = '' } = call.flags;
    if (what !== 'new' && what !== 'deploy')
      throw usage(`say what to tell: releases new or releases deploy${what === undefined ? '' : `, not "${what}"`}`);
    if (version === undefined) throw usage('name the version with --release <version>');
    call.out(what === 'new' ? await tellRelease(call, version, url) : await tellDeploy(call, version, url));
    return exitCode.ok;
  },
};

async function tellRelease(call: Call, version: string, url: string): Promise<string> {
  const range = call.flags['commits'];
  const all = range === undefined ? [] : await gitCommits(range, call.cwd);
  let commits = all;
  while (commits.length > 0 && JSON.stringify(commits).length > maxBodyChars)
    commits = commits.slice(0, Math.floor(commits.length / 2));
  await postToServer(call, '/api/bw/v1/releases', { version, url, commits });
  const left = commits.length < all.length ? ` (the newest of ${all.length}: more do not fit)` : '';
  return `Told of the release ${version} with ${commits.length} commits${left}.`;
}

async function tellDeploy(call: Call, version: string, url: string): Promise<string> {
  const { service = '', environment = '', at } = call.flags;
  const atMs = at === undefined ? undefined : Date.parse(at);
  if (Number.isNaN(atMs)) throw usage(`--at takes a time as 2026-11-21T14:03:00Z, not ${at}`);
  await postToServer(call, '/api/bw/v1/deploys', { version, service, environment, atMs, url });
  return `Told that ${version} goes out to ${service || 'all services'}${environment === '' ? '' : ` in ${environment}`}.`;
}

const usage = (problem: string): Refused => new Refused(`${problem}\nMore: bellwether releases --help`, exitCode.usage);
