import { isMainThread } from 'node:worker_threads';
import { readConfig } from './config/config.js';

// `node --import @bellwether/node/register app.js`: all configuration comes from the environment.
// Switched off, not even the rest of the SDK is loaded. Worker threads inherit `--import`, loggers' and pools' too; one that is to be seen calls `start()`.
if (isMainThread) {
  const { enabled, isWanted, problems } = readConfig({}, process.env);
  if (enabled) {
    const { start } = await import('./start.js');
    start();
  } else if (isWanted) for (const problem of problems) process.stderr.write(`Bellwether: ${problem}\n`);
}
