import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../dist/receiver.js', import.meta.url));

/** Runs a receiver and says its port. */
const program = `
  import { runReceiver } from ${JSON.stringify(built)};
  const log = { info() {}, warn() {}, error(facts, message) { console.error(message, facts); } };
  const options = { ...JSON.parse(process.argv[1]), grpc: undefined, log };
  const receiver = await runReceiver(options, new AbortController().signal);
  process.send(receiver.httpPort);
`;

/** A receiver in a process of its own, from what is built. */
export async function startReceiver(options: object): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', port => resolve(Number(port)));
    child.once('exit', code => reject(new Error(`the receiver ended with code ${code} before it listened`)));
  });
  return { child, port };
}

/** Ends the process as a loss of power does; resolves at once when it has ended already. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Span ids that can be found in a block's bytes: 3 bytes that occur nowhere else, then 5 of chance. */
const mark = Buffer.from([0xf5, 0xbe, 0x11]);
export const newSpanId = (): Buffer => Buffer.concat([mark, randomBytes(5)]);

/** How often each such id is in what was handed over. */
export function tally(files: Iterable<readonly [string, Buffer]>): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [key, file] of files) {
    if (!key.endsWith(' spans')) continue;
    for (let at = file.indexOf(mark); at !== -1; at = file.indexOf(mark, at + 1)) {
      const id = file.toString('hex', at, at + 8);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
  }
  return times;
}
