import { apiError } from '@bellwether/model';
import { z } from 'zod';
import type { DescribedRoute } from './route.js';

type Json = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document, from the schemas that check its requests. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bellwether',
      version,
      summary: 'Traces, logs and services of one workspace.',
      description:
        'Ranges are milliseconds since 1970, `from` included, `to` excluded. `q` is written in the search language (docs/guide/search-language.md). ' +
        'On loopback the header `X-Scope-OrgID` names the workspace; without it, `default`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://localhost:4300' }],
    paths,
    components: {
      schemas: { ApiError: jsonSchema(apiError, 'output') },
      responses: {
        Error: {
          description: 'What went wrong, and what to do.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiError' } } },
        },
      },
    },
  };
}

function operation(route: DescribedRoute): Json {
  return {
    summary: route.summary,
    operationId: `${route.method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')}`,
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
    }),
    responses: {
      200: {
        description: route.summary,
        content: { [route.contentType]: { schema: jsonSchema(route.answer, 'output') } },
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined): readonly Json[] {
  if (schema === undefined) return [];
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(field, undefined).success,
    schema: jsonSchema(field, 'input'),
  }));
}

function jsonSchema(schema: z.core.$ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    // A later version may add fields to an answer: readers must not be told otherwise.
    override({ jsonSchema: made }) {
      if (made.additionalProperties === false) delete made.additionalProperties;
    },
  });
  return rest;
}
