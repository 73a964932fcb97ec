import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { sourceMapKept } from '@bellwether/model';
import type { Command } from './command.js';
import { Refused, exitCode } from './exit-code.js';
import { postToServer, serverFlags } from './server-api.js';

const maxBytes = 33_554_432;
const maxMaps = 5000;

export const sourceMaps: Command = {
  name: 'sourcemaps',
  summary:
    'Sends the source maps of a build to a server, so that stacks of that release are shown as they were written.',
  positional: ['upload', 'folder'],
  flags: [
    { name: 'release', value: '<version>', doc: 'As `service.version` says it; needed.' },
    {
      name: 'prefix',
      value: '<path>',
      doc: 'Put before the names of files, when stacks name more of their path than is below the folder.',
    },
    ...serverFlags,
  ],
  examples: [{ line: 'bellwether sourcemaps upload --release v412 dist', does: 'All files *.map below dist.' }],
  async run(call) {
    const [what, folder] = call.positionals;
    const { release, prefix = '' } = call.flags;
    if (what !== 'upload' || folder === undefined || release === undefined)
      throw new Refused(
        'say what to send: sourcemaps upload --release <version> <folder>\nMore: bellwether sourcemaps --help',
        exitCode.usage,
      );
    const root = resolve(call.cwd, folder);
    const files = await mapsIn(root);
    if (files.length === 0)
      throw new Refused(
        `There are no files *.map in ${folder}; build with source maps, and name the folder they are in.`,
      );
    for (const path of files) {
      const { size } = await stat(path);
      const name = relative(root, path)
        .split(sep)
        .join('/')
        .replace(/\.map$/, '');
      const file = prefix === '' ? name : `${prefix.replace(/\/+$/, '')}/${name}`;
      if (size > maxBytes) throw new Refused(`${file}.map has ${size} bytes; a map may have at most ${maxBytes}.`);
      const answer = await postToServer(call, `/api/bw/v1/releases/${encodeURIComponent(release)}/source-maps`, {
        file,
        map: await readFile(path, 'utf8'),
      });
      const { sources, hasContent, debugId } = sourceMapKept.parse(answer);
      const notes = [
        `${sources} ${sources === 1 ? 'source' : 'sources'}`,
        ...(hasContent ? [] : ['without their text: lines of source will not be shown']),
        ...(debugId === '' ? [] : [`debug id ${debugId}`]),
      ];
      call.out(`${file}: ${notes.join(', ')}`);
    }
    call.out(`Sent ${files.length} source ${files.length === 1 ? 'map' : 'maps'} of ${release}.`);
    return exitCode.ok;
  },
};

/** Files `*.map` below a folder, without those of `node_modules`. Throws `Refused` when there is no such folder, or too many. */
async function mapsIn(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => {
    throw new Refused(`${root} is no folder that can be read.`);
  });
  const maps = names
    .filter(entry => entry.isFile() && /\.(?:js|cjs|mjs)\.map$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !relative(root, path).split(sep).includes('node_modules'))
    .toSorted();
  if (maps.length > maxMaps)
    throw new Refused(`${root} has ${maps.length} source maps; a release may have ${maxMaps}.`);
  return maps;
}
