// The programs that tests use beside Node: installed from Debian when we may, else the tests that need them are left out by name.
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/** What each program is for, and which test files stay away without it. */
const programs = [
  {
    name: 'Chromium',
    paths: ['/usr/bin/chromium'],
    debian: 'chromium',
    needs: 'the browser tests (e2e/*.browser.test.ts)',
    tests: [],
  },
  {
    name: 'Redis',
    paths: ['/usr/bin/redis-server'],
    debian: 'redis-server',
    needs: 'the tests of ioredis and of the shop on Redis',
    tests: ['packages/sdk/src/databases.integration.test.ts', 'examples/shop/src/servers.integration.test.ts'],
  },
  {
    name: 'PostgreSQL',
    paths: [
      '/usr/lib/postgresql/15/bin/postgres',
      '/usr/lib/postgresql/16/bin/postgres',
      '/usr/lib/postgresql/17/bin/postgres',
    ],
    debian: 'postgresql',
    needs: 'the tests of pg and of the shop on PostgreSQL',
    tests: ['packages/sdk/src/databases.integration.test.ts', 'examples/shop/src/servers.integration.test.ts'],
  },
];

const missing = () => programs.filter(program => !program.paths.some(path => existsSync(path)));

/** Installs what is missing when this is Debian and we are root. Returns the programs that are still missing. */
export async function ensureTestTools() {
  let lacking = missing();
  if (lacking.length === 0) return [];
  const may = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (may) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    console.log(`Installing ${lacking.map(program => program.name).join(', ')} for the tests ...`);
    try {
      await run('apt-get', ['update', '-qq'], { quiet: true, env });
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...lacking.map(p => p.debian)], {
        quiet: true,
        env,
      });
    } catch (error) {
      console.error(error.output ?? error.message);
    }
    lacking = missing();
  }
  return lacking;
}
