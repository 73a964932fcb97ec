import { pino, type Logger } from 'pino';

/** The service's log: JSON lines on standard output, which the SDK also ships. */
export const log: Logger = pino({
  level: process.env['LOG_LEVEL'] ?? 'info',
  base: null,
  formatters: { level: label => ({ level: label }) },
});
