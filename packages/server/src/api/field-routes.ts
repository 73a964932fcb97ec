import { fieldValuesAnswer, fieldValuesQuery, fieldsAnswer, fieldsQuery } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from '../control/control-store.js';
import { ownersOfErrors } from '../control/error-owners.js';
import { listErrorFields, listErrorValues } from '../query/errors/error-fields.js';
import { listFieldValues, listFields } from '../query/fields.js';
import { askedWindow } from './asked-window.js';
import { type Route, defineRoute } from './route.js';

/** Without a control store errors have no owners. */
export function fieldRoutes(control: ControlStore | undefined): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/fields',
      summary:
        'Keys for completion: built-in fields first, then attributes by how often they occur; those of errors begin with `tag:`.',
      query: fieldsQuery,
      answer: fieldsAnswer,
      handle: ({ query }, { asker }) => {
        const { signal, prefix } = query;
        const question = { ...askedWindow(query), prefix };
        return signal === 'errors' ? listErrorFields(asker, question) : listFields(asker, { ...question, signal });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/fields/:key/values',
      summary: 'The most frequent values of a field, from a sample of recent rows.',
      params: z.object({ key: z.string().min(1).max(500) }),
      query: fieldValuesQuery,
      answer: fieldValuesAnswer,
      handle: ({ params: { key }, query }, { asker }) => {
        const { signal, prefix } = query;
        const question = { ...askedWindow(query), prefix, key };
        if (signal !== 'errors') return listFieldValues(asker, { ...question, signal });
        const owners = control === undefined ? [] : [...ownersOfErrors(control, asker.scope.workspace).values()];
        return listErrorValues(asker, { ...question, owners });
      },
    }),
  ];
}
