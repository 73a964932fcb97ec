import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import { scopes } from '../core/scope.js';
import type { OpenCall } from './database-calls.js';
import { isExplainable, planText } from './query-plan.js';
import { dialectOf, type Statement } from './statements.js';

/** Plans of one statement at most this often. */
const everyMs = 60_000;
const maxPerMinute = 10;

/**
 * The plans of slow queries, when they are asked for (`explainSlowQueries`): `EXPLAIN` without running the query, on a connection of its own, one at a time. A plan becomes a log
 * record `db.query_plan` of the query's trace.
 */
export class QueryPlans {
  readonly #recorder: Recorder;
  readonly #nextMs = new WeakMap<Statement, number>();
  #running = false;
  #minuteMs = 0;
  #thisMinute = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** To be called for a slow query that succeeded; `explain` sends its `EXPLAIN` and gives what came of it: JSON or its text. */
  consider(call: OpenCall, explain: () => Promise<unknown>): void {
    if (!this.#isDue(call.statement, nowMs())) return;
    this.#running = true;
    // Whatever request is active now is not the plan's: it is told with the query's own scope.
    void scopes.run(undefined, () => this.#explain(call, explain));
  }

  async #explain({ statement, scope }: OpenCall, explain: () => Promise<unknown>): Promise<void> {
    const recorder = this.#recorder;
    const { shape, target, template } = statement;
    try {
      const text = planText(await explain(), dialectOf(target.system));
      if (text === undefined) return;
      const attributes = { ...template.spec.attributes, 'db.query.text': shape.text, 'db.query.plan': text };
      const body = `plan of the slow query ${shape.summary}`;
      recorder.log({ severity: 9, severityText: 'INFO', body, attributes, scope, eventName: 'db.query_plan' });
    } catch {
      recorder.fault('explaining a query');
    } finally {
      this.#running = false;
    }
  }

  #isDue(statement: Statement, atMs: number): boolean {
    if (this.#running || !this.#recorder.config.explainSlowQueries || !isExplainable(statement.shape)) return false;
    if (atMs < (this.#nextMs.get(statement) ?? 0)) return false;
    if (atMs - this.#minuteMs > 60_000) {
      this.#minuteMs = atMs;
      this.#thisMinute = 0;
    }
    if (++this.#thisMinute > maxPerMinute) return false;
    this.#nextMs.set(statement, atMs + everyMs);
    return true;
  }
}
