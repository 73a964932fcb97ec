import { expect, test } from 'vitest';
import { showFields } from '../fields/field-config.js';
import { column, type Frame } from '../frames/frame.js';
import { builtIns } from './built-ins.js';
import { valueLinks } from './value-links.js';

const frame: Frame = {
  refId: 'A',
  name: 'A',
  fields: [
    column('Time', 'time', [1000, 2000]),
    column('path', 'string', ['/a', '/b?x=1&y=javascript:alert(1)']),
    column('bad', 'string', ['', 'javascript:alert(1)']),
    { ...column('Value', 'number', [0.5, 1500]), labels: new Map([['job', 'shop & co']]), legend: 'Requests' },
  ],
};
const shown = showFields([frame], { defaults: { unit: 'ms' }, overrides: [] }).find(one => one.field.type === 'number');

test.each([
  ['/x?v=${__value.raw}', '/x?v=1500'],
  ['/x?v=${__value.numeric}&t=${__value.time}', '/x?v=1500&t=2000'],
  ['/x?v=${__value.text}', '/x?v=1.5%20s'],
  ['/x?job=${__field.labels.job}', '/x?job=shop%20%26%20co'],
  ['/x?job=${__field.labels["job"]}', '/x?job=shop%20%26%20co'],
  ['/x?s=${__series.name}&n=${__field.name}', '/x?s=Requests&n=Requests'],
  ['/x?p=${__data.fields.path}', '/x?p=%2Fb%3Fx%3D1%26y%3Djavascript%3Aalert(1)'],
  ['/x?p=${__data.fields[1]}', '/x?p=%2Fb%3Fx%3D1%26y%3Djavascript%3Aalert(1)'],
  ['/x?${__url_time_range}', '/x?from=10&to=20'],
  [
    '/d/abc/name?var-job=${__field.labels.job}&${__url_time_range}',
    '/dashboards/abc?var-job=shop%20%26%20co&from=10&to=20',
  ],
  ['${__data.fields.path}', '/b?x=1&y=javascript:alert(1)'],
  ['${__data.fields.bad}', undefined],
  ['javascript:${__value.raw}', undefined],
])('a link %j leads to %j', (url, address) => {
  if (shown === undefined) throw new Error('there is no column of numbers');
  const names = builtIns({ fromMs: 10, toMs: 20, stepMs: 1000, scrapeMs: 1000, dashboard: 'D', uid: 'd' });
  const linked = { shown, value: 1500, row: 1 };
  const [link] = valueLinks([{ title: 'To ${__field.labels.job}', url, newTab: false }], linked, names);
  expect(link).toEqual(address === undefined ? undefined : { title: 'To shop & co', address, newTab: false });
});
