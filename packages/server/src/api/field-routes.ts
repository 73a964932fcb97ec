import { fieldValuesAnswer, fieldValuesQuery, fieldsAnswer, fieldsQuery } from '@bellwether/model';
import { z } from 'zod';
import { listFieldValues, listFields } from '../query/fields.js';
import { askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

export const fieldRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/fields',
    summary: 'Keys for completion: built-in fields first, then attributes by how often they occur.',
    query: fieldsQuery,
    answer: fieldsAnswer,
    handle: ({ query }, { asker }) =>
      listFields(asker, { ...askedWindow(query), signal: query.signal, prefix: query.prefix }),
  }),
  defineRoute({
    method: 'GET',
    path: '/api/bw/v1/fields/:key/values',
    summary: 'The most frequent values of a field, from a sample of recent rows.',
    params: z.object({ key: z.string().min(1).max(500) }),
    query: fieldValuesQuery,
    answer: fieldValuesAnswer,
    handle: ({ params, query }, { asker }) =>
      listFieldValues(asker, { ...askedWindow(query), signal: query.signal, prefix: query.prefix, key: params.key }),
  }),
];
