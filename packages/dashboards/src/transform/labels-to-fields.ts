import { textOf, textsOf } from '../json/json.js';
import { type Cell, type Field, type Frame, column, noLabels, rowCount } from '../frames/frame.js';
import { merge } from './merge.js';
import { type Transformation, nameOf } from './transformation.js';

/** The labels of series as columns of one table; or, with `mode: rows`, as a table of names and values. */
export const labelsToFields: Transformation = {
  id: 'labelsToFields',
  apply(frames, options) {
    const keep = textsOf(options, 'keepLabels');
    const asName = textOf(options, 'valueLabel');
    if (textOf(options, 'mode') === 'rows') {
      const pairs = frames.flatMap(frame => frame.fields.flatMap(field => [...field.labels]));
      return [
        {
          refId: '',
          name: '',
          fields: [
            column(
              'label',
              'string',
              pairs.map(([name]) => name),
            ),
            column(
              'value',
              'string',
              pairs.map(([, value]) => value),
            ),
          ],
        },
      ];
    }
    return merge.apply(
      frames.map(frame => withLabels(frame, keep, asName)),
      {},
    );
  },
};

function withLabels(frame: Frame, keep: readonly string[], asName: string): Frame {
  const rows = rowCount(frame);
  const labels = new Map<string, string>();
  const own: Field[] = frame.fields.map(field => {
    for (const [name, value] of field.labels)
      if (name !== asName && (keep.length === 0 || keep.includes(name))) labels.set(name, value);
    const name = asName === '' ? field.name : (field.labels.get(asName) ?? nameOf(field));
    return { ...field, name, labels: noLabels, legend: undefined };
  });
  const [first, ...rest] = own;
  const columns = [...labels].map(([name, value]) =>
    column(
      name,
      'string',
      Array.from({ length: rows }, (): Cell => value),
    ),
  );
  return { ...frame, fields: first === undefined ? columns : [first, ...columns, ...rest] };
}
