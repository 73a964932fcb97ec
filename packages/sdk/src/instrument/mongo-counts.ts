import { memberOf } from '../errors/member-of.js';
import { type CollectionCount, maxCollections } from './collection-counts.js';

/** The part of a client that is used here. */
interface MongoClient {
  db(name: string): {
    listCollections(filter: object, options: object): { toArray(): Promise<readonly unknown[]> };
    collection(name: string): { estimatedDocumentCount(options: object): Promise<number> };
  };
}

const maxTimeMS = 1000;

/** The collections of a database by what their metadata says; none is counted, and views have no such figure. */
export async function countMongo(client: object, name: string): Promise<readonly CollectionCount[]> {
  // It is one of the driver's own clients: `db` was called on it.
  const database = (client as MongoClient).db(name);
  const found = await database.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
  const counts: CollectionCount[] = [];
  for (const each of found.slice(0, maxCollections)) {
    const collection = memberOf(each, 'name');
    if (typeof collection !== 'string' || collection.startsWith('system.')) continue;
    counts.push({
      name: collection,
      count: await database.collection(collection).estimatedDocumentCount({ maxTimeMS }),
    });
  }
  return counts;
}
