import type { Relation } from './relation.js';

/** For resolvers and other code that never sees the whole list: lookups of one turn of the event loop become one. */
export function dataLoaderRewrite({ child, key }: Relation): string {
  return `const ${child.one}Loader = new DataLoader(async ids => {
  const found = await ${child.many}By${key.charAt(0).toUpperCase()}${key.slice(1)}s(ids);
  const byKey = new Map(found.map(${child.one} => [${child.one}.${key}, ${child.one}]));
  return ids.map(id => byKey.get(id));
});
// One loader per request, in place of each lookup:
const ${child.one} = await ${child.one}Loader.load(id);`;
}
