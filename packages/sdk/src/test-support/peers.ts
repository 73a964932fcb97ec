import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** A real server of somebody else's, started for a test. */
export interface Peer {
  readonly url: string;
  stop(): Promise<void>;
}

async function answers(port: number, deadlineMs = 60_000): Promise<void> {
  const until = Date.now() + deadlineMs;
  while (Date.now() < until) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port} after ${deadlineMs} ms`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Debian's PostgreSQL, as it is installed; it refuses to run as root, so root starts it as `postgres`. */
export async function startPostgres(): Promise<Peer> {
  const versions = '/usr/lib/postgresql';
  const version = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;
  if (version === undefined) throw new Error('PostgreSQL is needed for this test: apt-get install postgresql');
  const bin = join(versions, version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-pg-'));
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o777);
  const as = (command: string, args: readonly string[]): readonly [string, string[]] =>
    isRoot
      ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', command, ...args]]
      : [command, [...args]];
  const data = join(folder, 'data');
  execFileSync(...as(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'shop', '--no-sync']), {
    stdio: 'ignore',
    cwd: folder,
  });
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`];
  const child = spawn(...as(join(bin, 'postgres'), ['-D', data, ...settings.flatMap(setting => ['-c', setting])]), {
    stdio: 'ignore',
    cwd: folder,
  });
  await answers(port);
  return {
    url: `postgres://shop@127.0.0.1:${port}/postgres`,
    async stop() {
      await end(child, 'SIGQUIT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian's Redis, in memory. */
export async function startRedis(): Promise<Peer> {
  const port = await freePort();
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  child.on('error', () => {});
  await answers(port);
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(child, 'SIGKILL') };
}

/** Debian's MariaDB, with an empty database `shop` and the user `root` without a password; it refuses to run as root, so root starts it as `mysql`. */
export async function startMariaDb(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-mariadb-'));
  const isRoot = process.getuid?.() === 0;
  chmodSync(folder, 0o777);
  const as = (command: string, args: readonly string[]): readonly [string, string[]] =>
    isRoot ? ['setpriv', ['--reuid=mysql', '--regid=mysql', '--clear-groups', command, ...args]] : [command, [...args]];
  const data = join(folder, 'data');
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
  execFileSync(...as('/usr/bin/mariadb-install-db', install), { stdio: 'ignore', cwd: folder });
  const port = await freePort();
  const settings = [
    '--no-defaults',
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--innodb-flush-log-at-trx-commit=0',
    `--init-file=${join(folder, 'init.sql')}`,
  ];
  writeFileSync(join(folder, 'init.sql'), 'CREATE DATABASE IF NOT EXISTS shop;\n');
  const child = spawn(...as('/usr/sbin/mariadbd', settings), { stdio: 'ignore', cwd: folder });
  await answers(port, 60_000);
  return {
    url: `mysql://root@127.0.0.1:${port}/shop`,
    async stop() {
      await end(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian's memcached. It refuses to run as root unless told who to be. */
export async function startMemcached(): Promise<Peer> {
  const port = await freePort();
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('memcached', ['-l', '127.0.0.1', '-p', String(port), '-m', '16', ...user], { stdio: 'ignore' });
  child.on('error', () => {});
  await answers(port);
  return { url: `127.0.0.1:${port}`, stop: () => end(child, 'SIGKILL') };
}

/** Debian's RabbitMQ with data and Erlang names of its own. */
export async function startRabbitMq(): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-rabbitmq-'));
  chmodSync(folder, 0o777);
  const [port, distribution, names] = [await freePort(), await freePort(), await freePort()];
  writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console.level = error\n`);
  writeFileSync(join(folder, 'enabled_plugins'), '[].\n');
  const child = spawn('/usr/lib/rabbitmq/bin/rabbitmq-server', [], {
    stdio: 'ignore',
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      RABBITMQ_NODENAME: `bellwether-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(names),
      ERL_EPMD_RELAXED_COMMAND_CHECK: '1',
    },
  });
  await answers(port, 90_000);
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    async stop() {
      await endGroup(child);
      // Erlang's name server, which it started beside itself.
      execFileSync('epmd', ['-port', String(names), '-kill'], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program that starts others is ended with all of them. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
