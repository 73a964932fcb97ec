import type { Attributes } from '@opentelemetry/api';
import type { MetricDefinition, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { spanKind, type Template } from '../core/templates.js';
import { type DatabaseTarget, targetAttributes } from './database-target.js';
import { thresholdOf } from './slow-query-threshold.js';
import { type SqlDialect, sqlShape } from './sql.js';

/** What a query is, without its values. */
export interface StatementShape {
  /** The query with its literals hidden. */
  readonly text: string;
  /** The name of its spans: the operation and what it acts on. */
  readonly summary: string;
  readonly operation: string;
  /** The table or collection. */
  readonly table: string | undefined;
}

/** One normalised query of one database, and what is kept of it. */
export interface Statement {
  readonly template: Template;
  readonly shape: StatementShape;
  /** The database it is sent to. */
  readonly target: DatabaseTarget;
  /** From how many milliseconds on it is slow; Infinity when slow queries are not told. */
  readonly slowMs: number;
  /** Rows or documents of its answers. */
  readonly rows: Point;
  /** Slow ones. Made when the first is. */
  slow(): Point;
  /** The state of the watch for its place in the application's code. */
  readonly watch: StatementWatch;
}

/** When a statement's place in the code was looked for, and where it was. */
export interface StatementWatch {
  /** The trace it ran in last, and how often in it. */
  trace: number;
  timesInTrace: number;
  nextLookMs: number;
  /** Its calls are looked at until then, since it was slow a moment ago. */
  suspectUntilMs: number;
  /** The next moment at which a slow call of it is told as a log record. */
  nextTellMs: number;
  site: Attributes | undefined;
}

/** Texts kept per database. Applications that put values into their SQL make new texts without end: then we start over. */
const maxTexts = 2000;
const maxTargets = 100;
const dialects = new Map<string, SqlDialect>([
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['sqlite', 'sqlite'],
]);
/** Longer texts are normalised each time: they would cost more memory than time. */
const longestKeptChars = 20_000;

const durationMetric: MetricDefinition = {
  name: 'db.client.operation.duration',
  unit: 's',
  description: 'Time from sending a query to its whole result',
  kind: 'histogram',
  scope: '@bellwether/node',
};
const rowsMetric: MetricDefinition = {
  name: 'db.client.response.returned_rows',
  unit: '{row}',
  description: 'Rows or documents of a result, or that a statement changed',
  kind: 'histogram',
  scope: '@bellwether/node',
};
const slowMetric: MetricDefinition = {
  name: 'db.client.slow_queries',
  unit: '{query}',
  description: 'Queries over the threshold of their data source',
  kind: 'counter',
  scope: '@bellwether/node',
};

/** How the texts of a system are to be read. */
export function dialectOf(system: string): SqlDialect {
  return dialects.get(system) ?? 'postgresql';
}

/** The databases of the process. Drivers keep the `Statements` of a client, so that nothing is looked up by name per query. */
export class Databases {
  readonly #recorder: Recorder;
  readonly #byKey = new Map<string, Statements>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  of(target: DatabaseTarget): Statements {
    const { system, namespace, address, port } = target;
    const key = `${system}\n${namespace ?? ''}\n${address ?? ''}\n${port ?? ''}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const made = new Statements(this.#recorder, target);
    if (this.#byKey.size < maxTargets) this.#byKey.set(key, made);
    return made;
  }
}

/** The statements of one database, by text and by shape. */
export class Statements {
  readonly target: DatabaseTarget;
  readonly #recorder: Recorder;
  readonly #attributes: Attributes;
  readonly #slowMs: number;
  readonly #dialect: SqlDialect;
  readonly #byText = new Map<string, Statement>();
  readonly #byShape = new Map<string, Statement>();

  constructor(recorder: Recorder, target: DatabaseTarget) {
    const { slowSql, slowQueries } = recorder.config;
    this.target = target;
    this.#recorder = recorder;
    this.#dialect = dialectOf(target.system);
    this.#attributes = targetAttributes(target);
    this.#slowMs = slowSql ? thresholdOf(slowQueries, target) : Infinity;
  }

  /** The statement of an SQL text. */
  sql(sql: string): Statement {
    return this.#byText.get(sql) ?? this.#newText(sql);
  }

  /** The statement of a shape; `text` and `summary` together say which it is. */
  shaped(shape: StatementShape, more: Attributes = {}): Statement {
    const key = `${shape.summary}\n${shape.text}`;
    const known = this.#byShape.get(key);
    if (known !== undefined) return known;
    const { full } = this.#recorder.templates;
    const made = this.#make(shape, more);
    if (!full) this.#byShape.set(key, made);
    return made;
  }

  #newText(sql: string): Statement {
    const plain = withoutTrailingComment(sql);
    const made = (plain === sql ? undefined : this.#byText.get(plain)) ?? this.shaped(sqlShape(plain, this.#dialect));
    if (this.#byText.size >= maxTexts) this.#byText.clear();
    if (plain.length <= longestKeptChars) this.#byText.set(plain, made);
    return made;
  }

  #make(shape: StatementShape, more: Attributes): Statement {
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric(durationMetric);
    const unnamed: Attributes = { ...this.#attributes, 'db.operation.name': shape.operation };
    const named: Attributes = {
      ...unnamed,
      'db.query.summary': shape.summary,
      ...(shape.table === undefined ? {} : { 'db.collection.name': shape.table }),
      ...more,
    };
    const template = templates.create(
      {
        name: shape.summary,
        kind: spanKind.client,
        attributes: { ...named, 'db.query.text': shape.text },
        metric,
        metricAttributes: named,
      },
      { name: shape.operation, kind: spanKind.client, attributes: unnamed, metric, metricAttributes: unnamed },
    );
    const { metricAttributes } = template.spec;
    const { 'db.query.summary': _summary, ...byTable } = metricAttributes;
    return {
      template,
      shape,
      target: this.target,
      slowMs: this.#slowMs,
      rows: metrics.metric(rowsMetric).point(byTable),
      slow: () => metrics.metric(slowMetric).point(metricAttributes),
      watch: {
        trace: 0,
        timesInTrace: 0,
        nextLookMs: 0,
        suspectUntilMs: 0,
        nextTellMs: 0,
        site: undefined,
      },
    };
  }
}

/**
 * What comes before a comment at the end: there sqlcommenter (https://google.github.io/sqlcommenter) writes the trace, which is another for each query.
 * Hints (`/*+`) and MySQL's conditional code (`/*!`) are part of the query.
 */
function withoutTrailingComment(sql: string): string {
  if (!sql.endsWith('*/')) return sql;
  const at = sql.lastIndexOf('/*');
  const first = sql[at + 2];
  return at <= 0 || first === '!' || first === '+' ? sql : sql.slice(0, at).trimEnd();
}
