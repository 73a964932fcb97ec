import { start } from './start.js';

/** `node --import @bellwether/node/register app.js`: all configuration comes from the environment. */
start();
