import type { StartOptions } from '../config/config.js';
import { activeRecorder } from '../core/active-recorder.js';
import { type Fastify, followFastify } from '../instrument/fastify.js';
import { type Bellwether, start } from '../start.js';
import { expressRequests } from './frameworks/express-middleware.js';
import { honoRequests } from './frameworks/hono-middleware.js';
import { koaRequests } from './frameworks/koa-middleware.js';

/** What `observe` was given: a framework's application, or something whose requests `node:http` alone tells of. */
export type ObservedFramework = 'express' | 'fastify' | 'koa' | 'hono' | 'nestjs' | 'node:http';

/** The running SDK, and what was found to be observed. */
export interface Observed extends Bellwether {
  readonly framework: ObservedFramework;
}

/**
 * Sets up telemetry for an application in one call, right after the application is made and before its routes:
 *
 *     const app = express();
 *     const { components } = observe(app, { alerting: true });
 *
 * It does what `start(options)` does, and tells the framework's application to name its routes and errors. When the SDK was started by `--import`, what it was started with
 * holds. Libraries that were imported before this call are seen as far as they can be: see `report()`.
 */
export function observe(app: unknown, options: StartOptions = {}): Observed {
  const bellwether = start(options);
  return { ...bellwether, framework: follow(app) };
}

function follow(app: unknown): ObservedFramework {
  const recorder = activeRecorder();
  const has = (name: string): boolean => typeof Reflect.get(Object(app), name) === 'function';
  const use = (...middleware: readonly unknown[]): void => void Reflect.get(Object(app), 'use').apply(app, middleware);
  try {
    if (has('getHttpAdapter')) {
      const adapter: unknown = Reflect.get(Object(app), 'getHttpAdapter').call(app);
      follow(Reflect.get(Object(adapter), 'getInstance').call(adapter));
      return 'nestjs';
    }
    if (has('addHook') && has('route')) {
      // An instance of Fastify: it has both.
      if (recorder !== undefined) followFastify(app as Fastify, recorder);
      return 'fastify';
    }
    if (has('callback') && has('createContext')) {
      use(koaRequests());
      return 'koa';
    }
    if (has('fetch') && has('basePath')) {
      use('*', honoRequests());
      return 'hono';
    }
    if (has('use') && has('handle')) {
      use(expressRequests());
      return 'express';
    }
  } catch {
    recorder?.fault('observe');
  }
  return 'node:http';
}
