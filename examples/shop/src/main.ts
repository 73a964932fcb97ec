import { fstatSync } from 'node:fs';
import { startShop, type Shop } from './shop/assemble.js';
import { help, readOptions, type ShopOptions } from './shop/options.js';

/** `node examples/shop/dist/main.js`: runs the shop until a signal, or until the process that started it goes away. */
async function main(): Promise<void> {
  let options: ShopOptions | 'help';
  try {
    options = readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
    return;
  }
  if (options === 'help') {
    console.log(help);
    return;
  }

  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());
  endWithParent(() => end.abort());

  const shop = await startShop(options, end.signal).catch((error: unknown): undefined => {
    if (end.signal.aborted) return;
    console.error(`The shop could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
  if (shop !== undefined) await serve(shop, end.signal);
  if (process.connected) process.disconnect();
  process.stdin.destroy();
}

async function serve(shop: Shop, signal: AbortSignal): Promise<void> {
  console.log(`The shop is open at ${shop.gatewayUrl}`);
  process.send?.({ gatewayUrl: shop.gatewayUrl });
  const asked = new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([asked, shop.broken]).catch((error: unknown) => {
    console.error(`The shop closes: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
  await shop.stop();
}

/** A parent that holds our channel or our standard input as a pipe lets go of it when it dies; then we end too. */
function endWithParent(end: () => void): void {
  process.on('disconnect', end);
  const stdin = fstatSync(0);
  if (!stdin.isFIFO() && !stdin.isSocket()) return;
  process.stdin.on('end', end).on('error', end).resume();
}

await main();
