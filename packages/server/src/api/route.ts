import type { z } from 'zod';
import type { Asker } from '../query/asker.js';
import { parameterFault } from './parameter-fault.js';

/** What a route is given beside its checked parameters. */
export interface RouteContext {
  readonly asker: Asker;
  readonly nowMs: number;
}

/** What can be said of a route without calling it. */
export interface DescribedRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With Fastify's `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodObject | undefined;
  readonly params: z.ZodObject | undefined;
  /** JSON; undefined: none is read. */
  readonly body: z.ZodType | undefined;
  readonly answer: z.ZodType;
  readonly contentType: 'application/json' | 'text/event-stream';
}

/** One route of the API. The server, the checks and `openapi.json` are all made from this object. */
export interface Route extends DescribedRoute {
  /** Of the body, where it may be more than the 1 MB of others. */
  readonly maxBodyBytes: number | undefined;
  answerTo(
    asked: { readonly query: unknown; readonly params: unknown; readonly body?: unknown },
    context: RouteContext,
  ): Promise<unknown>;
}

interface RouteDefinition<
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Answer extends z.ZodType,
  Body extends z.ZodType,
> {
  readonly method: Route['method'];
  readonly path: string;
  readonly summary: string;
  readonly query?: Query;
  readonly params?: Params;
  readonly body?: Body;
  readonly maxBodyBytes?: number;
  readonly answer: Answer;
  handle(
    asked: { readonly query: z.output<Query>; readonly params: z.output<Params>; readonly body: z.output<Body> },
    context: RouteContext,
  ): Promise<z.input<Answer>>;
}

/** Ties the schemas of a route to its handler: what `handle` sees has been checked. */
export function defineRoute<
  Query extends z.ZodObject,
  Params extends z.ZodObject,
  Answer extends z.ZodType,
  Body extends z.ZodType,
>(definition: RouteDefinition<Query, Params, Answer, Body>): Route {
  const { method, path, summary, query, params, body, maxBodyBytes, answer } = definition;
  return {
    method,
    path,
    summary,
    query,
    params,
    body,
    maxBodyBytes,
    answer,
    contentType: 'application/json',
    answerTo(asked, context) {
      return definition.handle(
        {
          // Without a schema the handler's type has no fields to read.
          query: (query?.parse(asked.query, { error: parameterFault }) ?? {}) as z.output<Query>,
          params: (params?.parse(asked.params, { error: parameterFault }) ?? {}) as z.output<Params>,
          body: body?.parse(asked.body, { error: parameterFault }) as z.output<Body>,
        },
        context,
      );
    },
  };
}

/** What `openapi.json` tells of a route that answers with a stream. */
export function describeRoute(
  route: Pick<DescribedRoute, 'path' | 'summary' | 'answer'> & { readonly query: z.ZodObject },
): DescribedRoute {
  return { ...route, method: 'GET', params: undefined, body: undefined, contentType: 'text/event-stream' };
}
