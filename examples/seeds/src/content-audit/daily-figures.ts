import { metrics } from '@opentelemetry/api';
import { pool } from './accounts.js';

interface Figures {
  readonly users: number;
  readonly registered: number;
  readonly active: number;
  readonly subscriptions: number;
  readonly mrrMinor: number;
  readonly scans: number;
  readonly score: number | undefined;
}

const day = "date_trunc('day', now())";

/** One query for all of it, worked out by the database; a scrape or an export only reads what was found last. */
const query = `SELECT
  (SELECT count(*) FROM users)::int AS users,
  (SELECT count(*) FROM users WHERE created >= ${day})::int AS registered,
  (SELECT count(*) FROM users WHERE seen >= now() - interval '30 days')::int AS active,
  (SELECT count(*) FROM subscriptions)::int AS subscriptions,
  (SELECT coalesce(sum(amount_minor / months), 0) FROM subscriptions)::int AS "mrrMinor",
  (SELECT count(*) FROM scans WHERE at >= ${day})::int AS scans,
  (SELECT avg(score) FROM scans WHERE at >= ${day}) AS score`;

/** Has the figures of the business worked out every so often, apart from any request. */
export async function keepDailyFigures(everyMs: number): Promise<void> {
  let figures: Figures | undefined;
  const refresh = async (): Promise<void> => {
    const { rows } = await pool.query<Figures>(query);
    [figures] = rows;
  };
  await refresh();
  // What fails now is tried again at the next turn; the query's failure is seen at the driver.
  setInterval(() => void refresh().catch(() => {}), everyMs).unref();

  const meter = metrics.getMeter('content-audit');
  const gauge = (name: string, unit: string, value: (of: Figures) => number | undefined): void => {
    meter.createObservableGauge(name, { unit }).addCallback(result => {
      const now = figures === undefined ? undefined : value(figures);
      if (now !== undefined && now !== null) result.observe(now);
    });
  };
  gauge('business.user.total_count', '{user}', of => of.users);
  gauge('business.daily.users.new_registrations', '{user}', of => of.registered);
  gauge('business.daily.users.total_active', '{user}', of => of.active);
  gauge('business.daily.subscriptions.total_active', '{subscription}', of => of.subscriptions);
  gauge('business.revenue.mrr', '{usd_cent}', of => of.mrrMinor);
  gauge('business.daily.scans.completed_today', '{scan}', of => of.scans);
  gauge('business.daily.scans.average_dcs_score', '{score}', of => of.score);
}
