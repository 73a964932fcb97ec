import { util } from '../core/node-modules.js';
import { LogLines, severityOf } from '../logging/log-lines.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

const methods = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;

/** The console's lines, when `captureConsole` asks for them: loggers that write to the console would come twice. */
export const consoleLines: Instrumentation = {
  name: 'console',
  via: 'patch',
  attach(tools) {
    if (!tools.recorder.config.captureConsole) return;
    const lines = new LogLines(tools.recorder, 'console');
    for (const method of methods) {
      const undo = wrap(console, method, (self, args, print) => {
        const error = args.find(argument => argument instanceof Error);
        lines.write({
          logger: 'console',
          severity: method === 'trace' ? 5 : severityOf(method),
          body: shown(args),
          ...(error === undefined ? {} : { error }),
        });
        return print.apply(self, args);
      });
      if (undo !== undefined) tools.undo(undo);
    }
    tools.seen(process.versions.node);
  },
};

/** As the console words it; an error by its message, for its stack goes with its report. */
function shown(args: readonly unknown[]): string {
  return util.format(
    ...args
      .slice(0, 20)
      .map(argument => (argument instanceof Error ? `${argument.name}: ${argument.message}` : argument)),
  );
}
