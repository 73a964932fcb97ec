import type { Step } from '../draft.js';
import { type Story, fault, innocent } from '../story.js';
import { ok, uuid } from '../common-steps.js';

export const chattyService: readonly Story[] = [
  fault('chatty-service', 'an order, step by step, at a payment vendor', draft => {
    const paths = [
      'customers',
      'methods',
      'intents',
      'charges',
      'taxes',
      'balance',
      'discounts',
      'mandates',
      'receipts',
      'events',
      'risk',
      'accounts',
      'quotes',
    ];
    return draft
      .request('POST', '/checkout')
      .loop(draft.random.whole(10, 13), i => {
        const path = `https://api.pay.example.com/v1/${paths[i % paths.length]}`;
        return i % 3 === 0
          ? { http: 'POST', url: path, ms: 45 }
          : { http: 'GET', url: `${path}/${uuid(draft)}`, ms: 45 };
      })
      .answer(ok);
  }),
  fault('chatty-service', 'a ticket with all that belongs to it', draft => {
    const paths = ['issue', 'comments', 'labels', 'watchers', 'links', 'worklogs', 'history'];
    return draft
      .request('GET', '/ticket')
      .loop(
        draft.random.whole(12, 20),
        i => ({ http: 'GET', url: `https://tracker.example.com/rest/${paths[i % paths.length]}`, ms: 50 }),
        2,
      )
      .answer(ok);
  }),
  innocent('one of our own services', draft => {
    const paths = ['a', 'b', 'c', 'd', 'e', 'f'];
    return draft
      .request('GET', '/bff')
      .loop(14, i => ({
        http: 'POST',
        url: `http://core.internal:8080/${paths[i % paths.length]}`,
        ms: 20,
        by: 'core',
      }))
      .answer(ok);
  }),
  innocent('side by side', draft => {
    const paths = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
    return draft
      .request('GET', '/board')
      .together(paths.map((path): Step => ({ http: 'GET', url: `https://stats.example.com/${path}`, ms: 60 })))
      .answer(ok);
  }),
  innocent('a job that syncs', draft => {
    const paths = ['contacts', 'deals', 'notes', 'tasks'];
    return draft
      .job('sync')
      .loop(20, i => ({ http: 'GET', url: `https://crm.example.com/${paths[i % 4]}`, ms: 50 }))
      .answer({});
  }),
  innocent('a few calls', draft =>
    draft
      .request('POST', '/pay')
      .loop(draft.random.whole(3, 7), i => ({
        http: 'POST',
        url: `https://api.pay.example.com/v1/${['a', 'b', 'c'][i % 3]}`,
        ms: 50,
      }))
      .answer(ok),
  ),
  innocent('parts of an upload', draft =>
    draft
      .request('POST', '/videos')
      .loop(14, i => ({
        http: 'PUT',
        url: `https://store.example.com/uploads/${['x', 'y', 'z'][i % 3]}/${i}`,
        ms: 60,
      }))
      .answer(ok),
  ),
  fault('sequential-awaits', 'many vendors, each after the other', draft =>
    draft
      .request('GET', '/compare')
      .loop(14, i => ({ http: 'GET', url: `https://shop-${i}.example.com/offer`, ms: 40 }))
      .answer(ok),
  ),
  innocent('quick calls of a long request', draft => {
    draft
      .request('POST', '/render')
      .loop(12, i => ({ http: 'GET', url: `https://cdn.example.com/${['a', 'b', 'c', 'd'][i % 4]}`, ms: 4 }));
    return draft.pause(4000).answer(ok);
  }),
  innocent('pages', draft =>
    draft
      .request('GET', '/list')
      .loop(12, i => ({ http: 'GET', url: `https://api.example.com/${['a', 'b', 'c'][i % 3]}?page=${i}`, ms: 40 }))
      .answer(ok),
  ),
];
