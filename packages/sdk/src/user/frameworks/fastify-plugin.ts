import { activeRecorder } from '../../core/active-recorder.js';
import { type Fastify, followFastify } from '../../instrument/fastify.js';

/**
 * For applications that set up telemetry in code, and not by `--import`: `app.register(fastifyRequests)` before the routes. It is a plugin without a context of its own, so it
 * holds for the whole application.
 */
export const fastifyRequests: (fastify: Fastify, options: unknown, done: () => void) => void = Object.assign(
  (fastify: Fastify, _options: unknown, done: () => void): void => {
    const recorder = activeRecorder();
    if (recorder !== undefined) followFastify(fastify, recorder);
    done();
  },
  // How Fastify knows that a plugin's hooks are not for the plugin alone (https://fastify.dev/docs/latest/Reference/Plugins/).
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'bellwether' },
);
