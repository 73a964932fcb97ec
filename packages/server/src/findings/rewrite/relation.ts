/** What a rewrite is written from: the facts of the finding, and the names that follow from them. */
export interface Relation {
  readonly system: string;
  /** `prisma`; '' when nobody tells. */
  readonly orm: string;
  /** What is asked for again and again: `Customer`, `customers`. */
  readonly child: Names;
  /** What was read before, and over which the loop goes; undefined when nothing was. */
  readonly parent: Names | undefined;
  /** The column by which each is looked up, as it is called in the database: `id`, `order_id`. */
  readonly key: string;
  /** A row of `parent` has one of `child` (looked up by its own id), or many. */
  readonly isToOne: boolean;
  /** What the relation would be called: `customer`, `items`. */
  readonly relation: string;
  /** The repeated statement. */
  readonly statement: string;
}

export interface Names {
  /** `Customer` */
  readonly model: string;
  /** `customers` */
  readonly table: string;
  /** `customer` */
  readonly one: string;
  /** `customers` */
  readonly many: string;
}

/** Undefined when the facts do not tell what is looked up by what. */
export function relationOf(facts: Readonly<Record<string, string>>): Relation | undefined {
  const { table = '', model = '', keys = '', beforeTable = '', beforeModel = '' } = facts;
  const key = keys.split(',')[0] ?? '';
  if (table === '' || key === '') return undefined;
  const child = namesOf(table, model);
  const parent = beforeTable === '' || beforeTable === table ? undefined : namesOf(beforeTable, beforeModel);
  const isToOne = /^_?id$|^uuid$/.test(key) || !/(?:_id|id)$/i.test(key);
  return {
    system: facts['system'] ?? '',
    orm: ormOf(facts),
    child,
    parent,
    key,
    isToOne,
    relation: isToOne ? child.one : child.many,
    statement: facts['statement'] ?? '',
  };
}

/** Who wrote the statement: as the SDK tells, else as it is written. Drizzle names the table before columns of a condition and not before those that it selects. */
export function ormOf({ orm = '', statement = '' }: Readonly<Record<string, string>>): string {
  if (orm !== '') return orm;
  return /^select (?:["`]\w{1,64}["`](?:, )?){1,200} from (["`]\w{1,64}["`]) where \1\.["`]\w{1,64}["`] = /.test(
    statement,
  )
    ? 'drizzle'
    : '';
}

function namesOf(table: string, model: string): Names {
  const plain = model === '' ? singular(table) : model;
  const one = camel(plain);
  return { model: model === '' ? one.charAt(0).toUpperCase() + one.slice(1) : model, table, one, many: plural(one) };
}

const camel = (name: string): string => {
  const words = name.split(/[_\s-]+/).filter(word => word !== '');
  const joined = words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  return joined.charAt(0).toLowerCase() + joined.slice(1);
};

export function singular(name: string): string {
  if (/ies$/i.test(name)) return `${name.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|us)es$/i.test(name)) return name.slice(0, -2);
  return /[^su]s$/i.test(name) ? name.slice(0, -1) : name;
}

function plural(name: string): string {
  if (/[^aeiou]y$/i.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/i.test(name) ? `${name}es` : `${name}s`;
}
