/** One value of a table. `null`: nothing is known. */
export type Cell = number | string | boolean | null;

export type FieldType = 'time' | 'number' | 'string' | 'boolean' | 'other';

/** A column: the values of one name. Times are milliseconds since 1970. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly values: readonly Cell[];
  readonly labels: ReadonlyMap<string, string>;
  /** What the query's legend calls it; undefined: by its name and labels. */
  readonly legend: string | undefined;
}

/** A small table, all columns equally long: a series over time, or the rows of an instant query. */
export interface Frame {
  readonly refId: string;
  readonly name: string;
  readonly fields: readonly Field[];
}

export function fieldOfType(frame: Frame, type: FieldType): Field | undefined {
  return frame.fields.find(field => field.type === type);
}

export function rowCount(frame: Frame): number {
  return frame.fields[0]?.values.length ?? 0;
}

export const noLabels: ReadonlyMap<string, string> = new Map();

/** A column without labels and legend. */
export function column(name: string, type: FieldType, values: readonly Cell[]): Field {
  return { name, type, values, labels: noLabels, legend: undefined };
}

/** Which type a column of these values has: that of the first which is there. */
export function typeOf(values: readonly Cell[]): FieldType {
  const first = values.find(value => value !== null);
  return typeof first === 'number' ? 'number' : typeof first === 'boolean' ? 'boolean' : 'string';
}

/** Only some rows, in this order. */
export function pickRows(frame: Frame, rows: readonly number[]): Frame {
  return {
    ...frame,
    fields: frame.fields.map(field => ({ ...field, values: rows.map(row => field.values[row] ?? null) })),
  };
}
