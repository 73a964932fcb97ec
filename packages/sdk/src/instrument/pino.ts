import { scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import type { Instrumentation } from './instrumentation.js';
import { PinoLines } from './pino-lines.js';

interface LineMessage {
  /** The logger. Its symbols are pino's own (`pino.symbols` names them in public). */
  readonly instance: Record<symbol, unknown>;
  /** The object, message and level that are logged. */
  readonly arguments: readonly [unknown, unknown, number];
  readonly result?: unknown;
}

/** What to put back after a line. */
interface Changed {
  readonly symbol: symbol;
  readonly bindings: string;
  readonly own: boolean;
}

/**
 * pino ≥ 9.10 publishes the making of each line. Before it, the ids are put at the end of the logger's own bindings, after it they are taken out
 * again: all of it happens in one synchronous call, and works for children, `import`, `require` and bundles alike. What is shipped is read from the
 * finished line, so that redaction, serializers and formatters of the application hold for it.
 */
export const pino: Instrumentation = {
  name: 'pino',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const lines = new PinoLines(recorder);
    const unregister = recorder.beforeCut(() => lines.settle());
    tools.undo(() => {
      lines.settle();
      unregister();
    });
    tools.needs('pino', '9.10.0');
    /** One entry per line in the making: a serializer may log itself. */
    const making: (Changed | undefined)[] = [];

    function addIds(message: LineMessage): Changed | undefined {
      const scope = scopes.getStore();
      if (scope?.hasSpan !== true) return undefined;
      const { instance } = message;
      const [logged] = message.arguments;
      if (typeof logged === 'object' && logged !== null && 'trace_id' in logged) return undefined;
      const symbol = lines.bindingsSymbol(instance);
      if (symbol === undefined) return undefined;
      const bindings = instance[symbol];
      if (typeof bindings !== 'string' || bindings.includes('"trace_id":')) return undefined;
      const own = Object.hasOwn(instance, symbol);
      instance[symbol] = `${bindings},"trace_id":"${scope.traceId}","span_id":"${scope.spanId}"`;
      return { symbol, bindings, own };
    }

    tools.subscribe<LineMessage>('tracing:pino_asJson:start', message => {
      making.push(undefined);
      making[making.length - 1] = addIds(message);
    });
    tools.subscribe<LineMessage>('tracing:pino_asJson:end', message => {
      const { instance, result } = message;
      const changed = making.pop();
      if (changed?.own === true) instance[changed.symbol] = changed.bindings;
      else if (changed !== undefined) delete instance[changed.symbol];
      tools.seen();
      if (typeof result !== 'string') return;
      const [logged, , level] = message.arguments;
      const error = logged instanceof Error ? logged : memberOf(logged, 'err');
      lines.add(result, level, instance, scopes.getStore(), error);
    });
  },
};
