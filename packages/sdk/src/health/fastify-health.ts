import type { IncomingMessage } from 'node:http';
import type { HealthAnswer } from './health.js';

/** The part of Fastify 4 and 5 that we touch. */
interface FastifyPart {
  get(path: string, handler: (request: RequestPart, reply: ReplyPart) => Promise<unknown>): unknown;
}
interface RequestPart {
  readonly raw: IncomingMessage;
}
interface ReplyPart {
  code(status: number): ReplyPart;
  headers(headers: Record<string, string>): ReplyPart;
  send(body: string): unknown;
}

/** A plugin of Fastify. */
export type FastifyHealth = (instance: FastifyPart, options: unknown, done: () => void) => void;

/** A plugin with a route for each of `paths`; Fastify adds HEAD itself. */
export function fastifyHealth(
  paths: readonly string[],
  answer: (path: string, request: IncomingMessage) => Promise<HealthAnswer | undefined>,
): FastifyHealth {
  return (instance, _options, done) => {
    for (const path of paths) {
      instance.get(path, async ({ raw }, reply) => {
        const found = await answer(path, raw);
        if (found === undefined) return reply.code(404).send('{"status":"unknown"}');
        return reply
          .code(found.status)
          .headers({ ...found.headers })
          .send(found.body);
      });
    }
    done();
  };
}
