import { trackDatabaseQuery, trackPerformance } from '@bellwether/node';
import { Redis } from 'ioredis';
import pg from 'pg';

export interface Story {
  readonly id: string;
  readonly title: string;
  readonly genre: string;
  readonly author: string;
}

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 5 });
export const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: null });
const keptForSeconds = 60;

export async function createTables(): Promise<void> {
  await pool.query('CREATE TABLE IF NOT EXISTS authors (id text PRIMARY KEY, name text NOT NULL)');
  await pool.query(
    'CREATE TABLE IF NOT EXISTS stories (id text PRIMARY KEY, title text NOT NULL, genre text NOT NULL, author text NOT NULL)',
  );
}

/** From the cache, else from the database; hits and misses are seen at the client. */
export async function storyById(id: string): Promise<Story | undefined> {
  const key = `story:${id}`;
  const cached = await redis.get(key);
  // Our own JSON.
  if (cached !== null) return JSON.parse(cached) as Story;
  const { rows } = await pool.query<Story>('SELECT id, title, genre, author FROM stories WHERE id = $1', [id]);
  const [story] = rows;
  if (story !== undefined) await redis.set(key, JSON.stringify(story), 'EX', keptForSeconds);
  return story;
}

export const storiesWithAuthors = trackDatabaseQuery(async function storiesWithAuthors() {
  const { rows } = await pool.query<Story>('SELECT id, title, genre, author FROM stories ORDER BY title LIMIT 20');
  const withNames: (Story & { readonly name: string | undefined })[] = [];
  for (const story of rows) {
    const found = await pool.query<{ name: string }>('SELECT name FROM authors WHERE id = $1', [story.author]);
    withNames.push({ ...story, name: found.rows[0]?.name });
  }
  return withNames;
});

/** Both rows or neither. */
export const publishStory = trackPerformance('story.create')(async function publishStory(
  story: Omit<Story, 'id'>,
): Promise<Story> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('INSERT INTO authors (id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING', [story.author]);
    const id = `${story.genre}-${story.title}`.toLowerCase().replaceAll(/\W+/g, '-');
    await client.query('INSERT INTO stories (id, title, genre, author) VALUES ($1, $2, $3, $4)', [
      id,
      story.title,
      story.genre,
      story.author,
    ]);
    await client.query('COMMIT');
    return { id, ...story };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});
