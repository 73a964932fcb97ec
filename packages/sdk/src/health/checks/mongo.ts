import type { Check, CheckOptions } from '../check.js';

/** The part of a MongoClient that we touch; of Mongoose, hand in `mongoose.connection.getClient()`. */
export interface MongoPart {
  db(name?: string): { command(command: { readonly ping: 1 }): Promise<unknown> };
}

/** MongoDB answers. */
export function mongoCheck(client: MongoPart, options: CheckOptions = {}): Check {
  return { ...options, run: async () => void (await client.db('admin').command({ ping: 1 })) };
}
