import {
  lookupAnswer,
  lookupQuery,
  savedView,
  viewChange,
  viewParams,
  viewToSave,
  viewsAnswer,
} from '@bellwether/model';
import type { ControlStore } from '../control/control-store.js';
import { changeView, removeView, saveView, savedViews } from '../control/saved-views.js';
import { lookUp } from '../query/look-up.js';
import { Conflict, NotFound, Unavailable } from './api-failure.js';
import { type Route, defineRoute } from './route.js';

const path = '/api/bw/v1/views';

/** What leads people through the pages: views that they saved, and where an id belongs. */
export function viewRoutes(control: ControlStore | undefined): readonly Route[] {
  const kept = (): ControlStore => {
    if (control === undefined) throw new Unavailable('This server keeps no views: it runs without a data folder.');
    return control;
  };
  return [
    defineRoute({
      method: 'GET',
      path,
      summary: 'Views that people saved: pages with their filters, by name.',
      answer: viewsAnswer,
      handle: async (_, { asker }) => ({
        views: control === undefined ? [] : [...savedViews(control, asker.scope.workspace)],
      }),
    }),
    defineRoute({
      method: 'POST',
      path,
      summary: 'Saves a page with its filters under a name.',
      body: viewToSave,
      answer: savedView,
      async handle({ body }, { asker, nowMs }) {
        const saved = saveView(kept(), asker.scope.workspace, body, nowMs);
        if (saved === 'name is taken')
          throw new Conflict(`There is a view called "${body.name}" already. Choose another name, or remove that one.`);
        if (saved === 'full') throw new Conflict('There are 500 views already. Remove one that nobody needs.');
        return saved;
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/:id`,
      summary: 'Gives a saved view another name, another page, or makes it the one that its page is opened with.',
      params: viewParams,
      body: viewChange,
      answer: savedView,
      async handle({ params: { id }, body }, { asker, nowMs }) {
        const changed = changeView(kept(), asker.scope.workspace, id, body, nowMs);
        if (changed === undefined) throw new NotFound(`There is no view ${id}. ${path} lists those there are.`);
        if (changed === 'name is taken')
          throw new Conflict(`There is a view called "${body.name ?? ''}" already. Choose another name.`);
        return changed;
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:id`,
      summary: 'Removes a saved view.',
      params: viewParams,
      answer: viewsAnswer,
      async handle({ params: { id } }, { asker }) {
        const store = kept();
        if (!removeView(store, asker.scope.workspace, id))
          throw new NotFound(`There is no view ${id}. ${path} lists those there are.`);
        return { views: [...savedViews(store, asker.scope.workspace)] };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/lookup',
      summary: 'Where an id belongs: a trace, an error, a tenant, or the newest span and line that have it.',
      query: lookupQuery,
      answer: lookupAnswer,
      handle: ({ query }, { asker, nowMs }) => lookUp(asker, query.text, nowMs),
    }),
  ];
}
