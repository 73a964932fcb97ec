import type { IncomingMessage } from 'node:http';
import type { HealthAnswer } from './health.js';

/** The part of Fastify 4 and 5 that we touch. */
interface FastifyPart {
  get(path: string, handler: Handler): unknown;
  post(path: string, handler: Handler): unknown;
  hasContentTypeParser(type: string): boolean;
  addContentTypeParser(type: string, parser: (request: unknown, body: IncomingMessage, done: Done) => void): unknown;
}
type Handler = (request: RequestPart, reply: ReplyPart) => Promise<unknown>;
type Done = (error: null, body: undefined) => void;
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

type Answer = (path: string, request: IncomingMessage) => Promise<HealthAnswer | undefined>;

/** What a form of the admin page sends; the body says nothing. */
const formType = 'application/x-www-form-urlencoded';

/** A plugin with a route for each of `paths`; Fastify adds HEAD itself. `posted` answers POST at its path. */
export function fastifyHealth(
  paths: readonly string[],
  answer: Answer,
  posted?: { readonly path: string; readonly answer: Answer },
): FastifyHealth {
  const handler =
    (path: string, how: Answer): Handler =>
    async ({ raw }, reply) => {
      // Where the plugin has a prefix, the request's own path is longer.
      const [, query] = (raw.url ?? '').split('?', 2);
      const found = await how(query === undefined ? path : `${path}?${query}`, raw);
      if (found === undefined) return reply.code(404).send('{"status":"unknown"}');
      return reply
        .code(found.status)
        .headers({ ...found.headers })
        .send(found.body);
    };
  return (instance, _options, done) => {
    for (const path of paths) instance.get(path, handler(path, answer));
    if (posted !== undefined) {
      if (!instance.hasContentTypeParser(formType))
        instance.addContentTypeParser(formType, (_request, body, ended) => {
          body.resume();
          ended(null, undefined);
        });
      instance.post(posted.path, handler(posted.path, posted.answer));
    }
    done();
  };
}
