import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadConfig, defaultConfigName, envPaths, loadConfig } from '../config/load-config.js';
import { dashboardFolder } from '../dashboards/dashboard-files.js';
import type { Command } from './command.js';
import { configFlag } from './run-flags.js';
import { exitCode } from './exit-code.js';

export const check: Command = {
  name: 'check',
  summary: 'Says whether a configuration file is right; if not, where it is wrong and what to write.',
  positional: 'file',
  flags: [configFlag],
  examples: [
    { line: 'bellwether check', does: 'Checks ./bellwether.yaml.' },
    { line: 'bellwether check deploy/bellwether.yaml', does: 'Checks another file.' },
  ],
  async run({ flags, positionals: [file], env, cwd, out }) {
    const named = file ?? flags['config'] ?? env['BELLWETHER_CONFIG'];
    if (named === undefined && !existsSync(resolve(cwd, defaultConfigName))) {
      out(`There is no ${defaultConfigName} here: every setting has its default.`);
      return exitCode.ok;
    }
    // The file alone: a variable of this shell must not hide what is wrong in it.
    const own = Object.fromEntries(Object.entries(env).filter(([name]) => !(name in envPaths)));
    const { dashboards } = await loadConfig({ flags: { config: named ?? defaultConfigName }, env: own, cwd });
    if (dashboards.folder !== undefined) await checkDashboards(dashboards.folder);
    out(`${named ?? defaultConfigName} is right.`);
    return exitCode.ok;
  },
};

/** Throws `BadConfig` when the folder or a file in it can not be shown. */
async function checkDashboards(folder: string): Promise<void> {
  const { problems } = await dashboardFolder(folder).read();
  if (problems.length === 0) return;
  throw new BadConfig(problems.map(({ file, message }) => `dashboards.folder: ${file}: ${message}`));
}
