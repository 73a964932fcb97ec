import { readConfig } from './config/config.js';

// `node --import @bellwether/node/register app.js`: all configuration comes from the environment.
// Switched off, not even the rest of the SDK is loaded.
if (readConfig({}, process.env).enabled) {
  const { start } = await import('./start.js');
  start();
}
