import { LogLines, severityOf } from '../logging/log-lines.js';
import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

/**
 * NestJS' own logger (`ConsoleLogger`, which `Logger` uses unless told otherwise), 10 and newer: the context is the logger's name. A logger of another kind that an application puts in its place
 * is seen as what it is (pino, winston).
 */
export const nestLogger: Instrumentation = {
  name: 'nest-logger',
  via: 'patch',
  attach(tools) {
    const lines = new LogLines(tools.recorder, 'nestjs');

    tools.onLoad('@nestjs/common', (exports, version) => {
      const ConsoleLogger = memberOf(exports, 'ConsoleLogger');
      if (typeof ConsoleLogger !== 'function') return;
      const undo = wrap(ConsoleLogger.prototype, 'printMessages', (logger, args, print) => {
        const [messages, context, level, , stack] = args;
        for (const message of Array.isArray(messages) ? messages.slice(0, 20) : []) {
          const isFields = typeof message === 'object' && message !== null && !(message instanceof Error);
          lines.write({
            logger: typeof context === 'string' && context !== '' ? context : 'nestjs',
            severity: severityOf(level),
            body:
              message instanceof Error
                ? message.message
                : isFields
                  ? (memberOf(message, 'message') ?? message)
                  : message,
            ...(isFields ? { fields: { ...message } } : {}),
            ...(message instanceof Error ? { error: message } : {}),
            ...(typeof stack === 'string' && !isFields ? { fields: { 'err.stack': stack.slice(0, 8000) } } : {}),
          });
        }
        return print.apply(logger, args);
      });
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });
  },
};
