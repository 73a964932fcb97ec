import { expect } from 'vitest';
import { allText, spansUnder } from './database-spans.js';
import type { MatrixRun } from './matrix.js';
import type { SeenSpan } from './otlp.js';

export interface OrmQueries {
  /** Of the queries that a route made: `[summary, model, operation, rows]`. */
  readonly find: readonly (readonly unknown[])[];
  readonly create: readonly (readonly unknown[])[];
  readonly loop: readonly SeenSpan[];
}

/** Runs the application of an ORM, which finds, creates and asks in a loop; none of its values may have left the process. */
export async function ormQueries({ start, sink }: MatrixRun, url: string, name?: string): Promise<OrmQueries> {
  const app = await start({ DATABASE_URL: url }, name);
  for (const path of ['/find', '/create', '/loop']) {
    const answer = await app.get(path);
    expect([path, answer.status, answer.status === 200 ? '' : answer.body]).toEqual([path, 200, '']);
  }
  await app.stop();
  expect(allText(sink)).not.toMatch(/secret-/);
  const told = (path: string): readonly (readonly unknown[])[] =>
    spansUnder(sink, path).map(({ name, attributes }) => [
      name,
      attributes['bellwether.orm.model'],
      attributes['bellwether.orm.operation'],
      attributes['db.response.returned_rows'],
    ]);
  return { find: told('/find'), create: told('/create'), loop: spansUnder(sink, '/loop') };
}
