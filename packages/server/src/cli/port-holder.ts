import { readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Address } from '../config/address.js';

/** Why an address can not be listened on: undefined when it can. */
export async function whyNotFree(address: Address): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...address, exclusive: true }, resolve);
    });
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') return `port ${address.port} is in use${await byWhom(address.port)}`;
    if (code === 'EACCES') return `port ${address.port} needs special rights (ports below 1024 do)`;
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${address.host} is no address of this machine`;
    return String(error);
  } finally {
    await new Promise(resolve => server.close(resolve));
  }
}

/** ` by node (process 123)` on Linux when we may see it, else ''. */
async function byWhom(port: number): Promise<string> {
  try {
    const inodes = await listeningInodes(port);
    if (inodes.size === 0) return '';
    for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
      for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
        const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
        const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
        if (inode !== undefined && inodes.has(inode))
          return ` by ${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (process ${pid})`;
      }
    }
  } catch {
    // Not Linux, or hidden from us: the port's number has to do.
  }
  return '';
}

/** Columns of /proc/net/tcp: 1 local address as hex:port, 3 state (0A: listening), 9 inode. */
async function listeningInodes(port: number): Promise<ReadonlySet<string>> {
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')));
  const inodes = new Set<string>();
  for (const line of tables.join('\n').split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    if (state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port && fields[9] !== undefined)
      inodes.add(fields[9]);
  }
  return inodes;
}
