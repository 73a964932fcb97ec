import { expect, test } from 'vitest';
import { labelsOf } from '../value/labels.js';
import { LabelsOnce } from './labels-once.js';

const same = 'vector cannot contain metrics with the same labelset';

test('series of one name differ without it, unless types or units were the difference, whichever comes first', () => {
  const plain = labelsOf({ __name__: 'x', job: 'a' });
  const typed = labelsOf({ __name__: 'x', __type__: 'counter', job: 'a' });
  const other = labelsOf({ __name__: 'x', __unit__: 'seconds', job: 'b' });
  const once = new LabelsOnce(true);
  once.add(plain, true);
  once.add(other, true);
  expect(() => once.add(typed, true)).toThrow(same);
  const turned = new LabelsOnce(true);
  turned.add(typed, true);
  expect(() => turned.add(plain, true)).toThrow(same);
  const kept = new LabelsOnce(true);
  for (const labels of [plain, typed, other]) kept.add(labels, false);
});

test('series of several names may be the same without them', () => {
  const once = new LabelsOnce(false);
  once.add(labelsOf({ __name__: 'x', job: 'a' }), true);
  once.add(labelsOf({ __name__: 'y', job: 'b' }), true);
  expect(() => once.add(labelsOf({ __name__: 'y', job: 'a' }), true)).toThrow(same);
});
