import { url as inspectorUrl } from 'node:inspector';
import { LocalVariables } from '../errors/local-variables.js';
import type { Instrumentation } from './instrumentation.js';

const maxPerSecond = 20;

/** The local variables of the application's functions, for the frames of errors. Off unless it is asked for. */
export const localVariables: Instrumentation = {
  name: 'local-variables',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    if (!recorder.config.errors.localVariables) return;
    // A debugger that somebody started the process with would stop at each exception.
    if (inspectorUrl() !== undefined) return;
    const variables = new LocalVariables({
      maxPerSecond,
      resting: (forMs, reason) =>
        recorder.log({
          severity: 13,
          severityText: 'WARN',
          body: `local variables of errors are off for ${forMs / 1000} s: ${reason}`,
          attributes: { 'bellwether.local_variables.off_s': forMs / 1000 },
          eventName: 'bellwether.local_variables',
        }),
      failed: () => recorder.fault('local variables'),
    });
    recorder.errors.useVariables(variables);
    tools.undo(() => {
      recorder.errors.useVariables(undefined);
      variables.stop();
    });
    tools.seen(process.versions.node);
  },
};
