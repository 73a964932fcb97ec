import type { Level } from '../core/surroundings.js';
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

    function record(error: unknown, level: Level, isRejection: boolean): void {
      const type = isRejection ? 'onunhandledrejection' : 'onuncaughtexception';
      const prefix = isRejection ? 'Unhandled rejection: ' : 'Uncaught exception: ';
      recorder.errors.exception(error, { mechanism: { type, handled: false }, level, prefix });
    }

    const onUncaught = (error: unknown, origin: string): void => {
      record(error, 'fatal', origin === 'unhandledRejection');
      try {
        recorder.fatal(error);
      } catch {
        recorder.fault('uncaught');
      }
    };
    process.on('uncaughtExceptionMonitor', onUncaught);

    const onRejection = (reason: unknown): void => record(reason, 'error', true);
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
