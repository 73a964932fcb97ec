// The programs that tests use beside Node: installed from Debian when we may, else the tests that need them are left out by name.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** Programs that are unpacked, not installed: a server of the same name may run on this machine. */
const peers = join(root, '.peers');
/** Unpacks today's programs of Debian's unstable suite; it stands beside this project. */
const unpackCurrent = join(root, '..', 'shared', 'peers.sh');

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
    needs: 'the tests of ioredis, redis and BullMQ, and of the shop on Redis',
    tests: [
      'packages/sdk/src/databases.integration.test.ts',
      'packages/sdk/src/instrument/ioredis.matrix.test.ts',
      'packages/sdk/src/instrument/bullmq.matrix.test.ts',
      'examples/shop/src/servers.integration.test.ts',
      'e2e/seed-story-library.integration.test.ts',
      'e2e/seed-content-audit.integration.test.ts',
    ],
  },
  {
    name: 'PostgreSQL',
    paths: [
      '/usr/lib/postgresql/15/bin/postgres',
      '/usr/lib/postgresql/16/bin/postgres',
      '/usr/lib/postgresql/17/bin/postgres',
    ],
    debian: 'postgresql',
    needs: 'the tests of what speaks to PostgreSQL and of the shop on it',
    tests: [
      'packages/sdk/src/databases.integration.test.ts',
      ...['pg', 'pg-boss', 'postgres', 'knex', 'drizzle-orm', 'mikro-orm', 'prisma', 'sequelize', 'typeorm'].map(
        library => `packages/sdk/src/instrument/${library}.matrix.test.ts`,
      ),
      'examples/shop/src/servers.integration.test.ts',
      'e2e/seed-story-library.integration.test.ts',
      'e2e/seed-content-audit.integration.test.ts',
    ],
  },
  {
    name: 'MariaDB',
    paths: ['/usr/sbin/mariadbd'],
    debian: 'mariadb-server',
    needs: 'the tests of mysql2',
    tests: ['packages/sdk/src/instrument/mysql2.matrix.test.ts'],
  },
  {
    name: 'memcached',
    paths: ['/usr/bin/memcached'],
    debian: 'memcached',
    needs: 'the tests of memjs',
    tests: ['packages/sdk/src/instrument/memjs.matrix.test.ts'],
  },
  {
    name: 'RabbitMQ',
    paths: ['/usr/sbin/rabbitmq-server'],
    debian: 'rabbitmq-server',
    needs: 'the tests of amqplib',
    tests: ['packages/sdk/src/instrument/amqplib.matrix.test.ts'],
  },
  {
    name: 'Prometheus of Debian stable',
    paths: [join(peers, 'stable/usr/bin/prometheus')],
    debian: 'prometheus',
    unpack: unpackStable,
    needs: 'the tests of Prometheus as a sender',
    tests: ['packages/server/src/receive/prometheus-senders.integration.test.ts'],
  },
  {
    name: 'Prometheus and vmagent of Debian unstable',
    paths: [join(peers, 'root/usr/bin/vmagent')],
    debian: 'prometheus victoria-metrics',
    unpack: unpackUnstable,
    needs: 'the tests of Prometheus and vmagent as senders, of scraping and of PromQL beside Prometheus',
    tests: [
      'packages/promql/src/differential/generated.integration.test.ts',
      'packages/promql/src/differential/corpus.suites.test.ts',
      'e2e/promql-differential.integration.test.ts',
      'packages/server/src/receive/prometheus-senders.integration.test.ts',
      'packages/server/src/scrape/against-prometheus.integration.test.ts',
    ],
  },
  {
    name: 'logger of util-linux',
    paths: ['/usr/bin/logger'],
    debian: 'bsdutils',
    needs: 'the tests of syslog',
    tests: [
      'packages/server/src/receive/syslog.integration.test.ts',
      'packages/server/src/receive/rsyslog.integration.test.ts',
    ],
  },
  {
    name: 'rsyslog',
    paths: [join(peers, 'rsyslog/usr/sbin/rsyslogd')],
    debian: 'rsyslog',
    unpack: unpackRsyslog,
    needs: 'the tests of rsyslog as a sender',
    tests: ['packages/server/src/receive/rsyslog.integration.test.ts'],
  },
  {
    name: 'dashboards of Ceph',
    paths: [join(peers, 'dashboards/etc/grafana/dashboards/ceph-dashboard/ceph-cluster.json')],
    debian: 'ceph-grafana-dashboards',
    unpack: unpackDashboards,
    needs: 'the test of dashboards that others made',
    tests: ['e2e/real-dashboards.browser.test.ts'],
  },
];

function unpackDashboards() {
  return unpack('dashboards', ['ceph-grafana-dashboards']);
}

function unpackStable() {
  return unpack('stable', ['prometheus']);
}

function unpackRsyslog() {
  return unpack('rsyslog', ['rsyslog', 'libestr0', 'libfastjson4']);
}

/** Packages of this machine's own Debian, in a folder of their own. */
async function unpack(name, packages) {
  const folder = join(peers, name);
  mkdirSync(folder, { recursive: true });
  await run('apt-get', ['download', '-qq', ...packages], { quiet: true, cwd: folder });
  for (const name of readdirSync(folder).filter(name => name.endsWith('.deb'))) {
    await run('dpkg', ['-x', name, '.'], { quiet: true, cwd: folder });
    rmSync(join(folder, name));
  }
}

async function unpackUnstable() {
  if (existsSync(unpackCurrent)) await run('bash', [unpackCurrent, peers], { quiet: true });
}

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
      const installed = lacking.filter(program => program.unpack === undefined).map(program => program.debian);
      if (installed.length > 0) {
        await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...installed], { quiet: true, env });
      }
      for (const program of lacking) await program.unpack?.();
    } catch (error) {
      console.error(error.output ?? error.message);
    }
    lacking = missing();
  }
  return lacking;
}
