import { idsOfLine, LogLines, severityOf } from '../logging/log-lines.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation } from './instrumentation.js';
import { wrap } from './wrap.js';

type Filter = (level: unknown, message: unknown, meta: unknown) => unknown;

const levelSymbol = Symbol.for('level');
const splatSymbol = Symbol.for('splat');

/**
 * winston 2 and 3. Lines get `trace_id` and `span_id`, and are sent as they are after the application's own formats, so that what these take out does not leave the process.
 */
export const winston: Instrumentation = {
  name: 'winston',
  via: 'patch',
  attach(tools) {
    const lines = new LogLines(tools.recorder, 'winston');

    tools.onLoad('winston/lib/winston/logger', exports => {
      const Logger = memberOf(exports, 'Logger') ?? exports;
      if (typeof Logger !== 'function') return;
      const { prototype } = Logger;
      const undos =
        typeof memberOf(prototype, '_transform') === 'function'
          ? [wrap(prototype, '_transform', transformed), wrap(prototype, 'push', pushed)]
          : [wrap(prototype, 'log', logged)];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
    });
    tools.onLoad('winston', (_exports, version) => tools.seen(version));

    /** winston 3: a formatted line goes out to the transports. */
    function pushed(logger: unknown, args: unknown[], push: (...args: unknown[]) => unknown): unknown {
      const [info] = args;
      if (typeof info === 'object' && info !== null) {
        const level: unknown = Reflect.get(info, levelSymbol) ?? memberOf(info, 'level');
        if (callMethod(logger, 'isLevelEnabled', level) !== false) {
          const splat: unknown = Reflect.get(info, splatSymbol);
          const error = [
            info,
            memberOf(info, 'message'),
            memberOf(info, 'error'),
            memberOf(info, 'err'),
            memberOf(firstOf(splat), 'error') ?? firstOf(splat),
          ].find(value => value instanceof Error);
          lines.write({
            logger: nameOf(info),
            severity: severityOf(level),
            body: memberOf(info, 'message'),
            fields: { ...info },
            ...(error === undefined ? {} : { error }),
          });
        }
      }
      return push.apply(logger, args);
    }

    /** winston 2: the last filter sees what the transports are given. */
    const last: Filter = (level, message, meta) => {
      const fields = typeof meta === 'object' && meta !== null ? { ...meta } : {};
      const error = meta instanceof Error ? meta : memberOf(meta, 'error');
      lines.write({
        logger: nameOf(fields),
        severity: severityOf(level),
        body: message,
        fields,
        ...(error instanceof Error ? { error } : {}),
      });
      const ids = idsOfLine();
      return { msg: message, meta: ids === undefined || meta instanceof Error ? meta : { ...fields, ...ids } };
    };
    function logged(logger: unknown, args: unknown[], log: (...args: unknown[]) => unknown): unknown {
      const filters = memberOf(logger, 'filters');
      if (Array.isArray(filters) && filters.at(-1) !== last) {
        const at = filters.indexOf(last);
        if (at >= 0) filters.splice(at, 1);
        filters.push(last);
      }
      return log.apply(logger, args);
    }
  },
};

/** winston 3: a line comes in. It may be the caller's own object, so it is copied. */
function transformed(logger: unknown, args: unknown[], transform: (...args: unknown[]) => unknown): unknown {
  const [info, ...rest] = args;
  const ids = idsOfLine();
  if (ids === undefined || typeof info !== 'object' || info === null || info instanceof Error || 'trace_id' in info)
    return transform.apply(logger, args);
  return transform.call(logger, { ...info, ...ids }, ...rest);
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

/** What applications call a logger's name, for there is no such thing in winston. */
function nameOf(info: object): string {
  const name = memberOf(info, 'logger') ?? memberOf(info, 'label') ?? memberOf(info, 'service');
  return typeof name === 'string' && name !== '' ? name : 'winston';
}
