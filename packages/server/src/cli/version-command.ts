import type { Command } from './command.js';
import { exitCode } from './exit-code.js';
import { engineVersion, ownVersion } from './version.js';

export const version: Command = {
  name: 'version',
  summary: 'Prints the versions of Bellwether, its engine and Node.js.',
  flags: [],
  examples: [{ line: 'bellwether version', does: 'For a bug report.' }],
  async run({ out }) {
    out(
      `bellwether ${ownVersion()} (chDB ${engineVersion()}, Node.js ${process.versions.node}, ${process.platform} ${process.arch})`,
    );
    return exitCode.ok;
  },
};
