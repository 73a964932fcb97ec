import { business, traced } from '@bellwether/node';
import { metrics } from '@opentelemetry/api';
import pg from 'pg';

export const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5 });

/** Scores are a distribution: an average hides the bad audits, and 0 is a score. */
const scores = metrics
  .getMeter('content-audit')
  .createHistogram('business.scan.dcs_score', { description: 'Scores of scans' });

export async function createTables(): Promise<void> {
  await pool.query(
    `CREATE TABLE IF NOT EXISTS users (id text PRIMARY KEY, created timestamptz NOT NULL DEFAULT now(), seen timestamptz NOT NULL DEFAULT now())`,
  );
  await pool.query(
    `CREATE TABLE IF NOT EXISTS subscriptions (user_id text PRIMARY KEY, plan text NOT NULL, amount_minor bigint NOT NULL, months int NOT NULL)`,
  );
  await pool.query(`CREATE TABLE IF NOT EXISTS scans (at timestamptz NOT NULL DEFAULT now(), score double precision)`);
}

export async function register(id: string): Promise<void> {
  await pool.query('INSERT INTO users (id) VALUES ($1)', [id]);
}

/** Days from registration to now. */
export async function subscribe(id: string, plan: string, amountMinor: number, interval: string): Promise<number> {
  await pool.query('INSERT INTO subscriptions (user_id, plan, amount_minor, months) VALUES ($1, $2, $3, $4)', [
    id,
    plan,
    amountMinor,
    interval === 'year' ? 12 : 1,
  ]);
  const { rows } = await pool.query<{ days: number }>(
    'SELECT extract(day FROM now() - created)::int AS days FROM users WHERE id = $1',
    [id],
  );
  return rows[0]?.days ?? 0;
}

class UnknownAudit extends Error {
  override readonly name = 'UnknownAudit';
}

export const scan = traced(
  async function scan(type: string, words: number): Promise<number> {
    if (type !== 'landing-page' && type !== 'article') throw new UnknownAudit(`no audit is called ${type}`);
    const score = Math.min(100, words / 10);
    await pool.query('INSERT INTO scans (score) VALUES ($1)', [score]);
    scores.record(score, { audit_type: type });
    return score;
  },
  { module: 'audit' },
);

export async function consumeCredits(user: string, credits: number): Promise<void> {
  business.credits({ entry: 'consumed', credits, customer: user });
}
