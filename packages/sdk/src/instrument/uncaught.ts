import { exceptionAttributes } from '../core/span-detail.js';
import type { Instrumentation } from './instrumentation.js';

/**
 * Uncaught exceptions and unhandled rejections, as fatal log records. What Node does about them is not changed: the monitor event only watches,
 * and we listen for rejections only while the application does, since a listener would otherwise keep Node from ending the process.
 */
export const uncaught: Instrumentation = {
  name: 'uncaught',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;

    function record(error: unknown, severity: number, source: string): void {
      try {
        const attributes = exceptionAttributes(error);
        recorder.log({
          severity,
          severityText: severity === 21 ? 'FATAL' : 'ERROR',
          body: `${source}: ${String(attributes['exception.message'])}`,
          attributes,
          eventName: 'exception',
        });
      } catch {
        recorder.fault('uncaught');
      }
    }

    const onUncaught = (error: unknown, origin: string): void => {
      record(error, 21, origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception');
      try {
        recorder.fatal(error);
      } catch {
        recorder.fault('uncaught');
      }
    };
    process.on('uncaughtExceptionMonitor', onUncaught);

    const onRejection = (reason: unknown): void => record(reason, 17, 'Unhandled rejection');
    const others = (): number =>
      process.listeners('unhandledRejection').filter(listener => listener !== onRejection).length;
    const follow = (event: string | symbol, added: number): void => {
      if (event !== 'unhandledRejection') return;
      const wanted = others() + added > 0;
      const listening = process.listeners('unhandledRejection').includes(onRejection);
      if (wanted && !listening) process.on('unhandledRejection', onRejection);
      else if (!wanted && listening) process.removeListener('unhandledRejection', onRejection);
    };
    // `newListener` comes before the listener is there, `removeListener` after it is gone.
    const onNew = (event: string | symbol, listener: unknown): void => {
      if (listener !== onRejection) follow(event, 1);
    };
    const onRemoved = (event: string | symbol, listener: unknown): void => {
      if (listener !== onRejection) follow(event, 0);
    };
    process.on('newListener', onNew);
    process.on('removeListener', onRemoved);
    follow('unhandledRejection', 0);

    tools.undo(() => {
      process.removeListener('newListener', onNew);
      process.removeListener('removeListener', onRemoved);
      process.removeListener('uncaughtExceptionMonitor', onUncaught);
      process.removeListener('unhandledRejection', onRejection);
    });
    tools.seen();
  },
};
