import { type Cell, column, fieldOfType } from '../frames/frame.js';
import { type Transformation, nameOf } from './transformation.js';

/** All series below each other: time, which series, value. */
export const seriesToRows: Transformation = {
  id: 'seriesToRows',
  apply(frames) {
    const rows: { readonly time: Cell; readonly metric: string; readonly value: Cell }[] = [];
    for (const frame of frames) {
      const time = fieldOfType(frame, 'time');
      const value = fieldOfType(frame, 'number');
      if (time === undefined || value === undefined) continue;
      time.values.forEach((at, row) =>
        rows.push({ time: at, metric: nameOf(value), value: value.values[row] ?? null }),
      );
    }
    rows.sort((a, b) => Number(b.time) - Number(a.time));
    return [
      {
        refId: frames[0]?.refId ?? '',
        name: '',
        fields: [
          column(
            'Time',
            'time',
            rows.map(row => row.time),
          ),
          column(
            'Metric',
            'string',
            rows.map(row => row.metric),
          ),
          column(
            'Value',
            'number',
            rows.map(row => row.value),
          ),
        ],
      },
    ];
  },
};
