import { attributeNames, flags, headerPrefixes, integers, readElsewhere, texts } from './tag-names.js';

/** Under which name a tag is stored, and what its text or number becomes. */
export interface TagAttribute {
  readonly name: string;
  readonly as: 'given' | 'integer' | 'text' | 'flag' | 'list of one' | 'list' | 'lower case';
}

/** Names differ little from span to span; those that an attacker makes up are not kept. */
const maxKept = 4000;
const maxKeptLength = 100;
const kept = new Map<string, TagAttribute | undefined>();

/** Undefined for a tag that is not stored as an attribute. */
export function tagAttribute(tag: string): TagAttribute | undefined {
  const known = kept.get(tag);
  if (known !== undefined || kept.has(tag)) return known;
  const made = madeOf(tag);
  if (kept.size < maxKept && tag.length <= maxKeptLength) kept.set(tag, made);
  return made;
}

function madeOf(tag: string): TagAttribute | undefined {
  if (readElsewhere.has(tag)) return undefined;
  const name = attributeNames.get(tag);
  if (name !== undefined) return { name, as: flags.has(tag) ? 'flag' : formOf(name) };
  if (tag.startsWith('_dd.code_origin.') || tag.startsWith('_dd.svc_src')) return undefined;
  if (tag.startsWith('_dd.')) return { name: `datadog.${tag.slice(4)}`, as: flags.has(tag) ? 'flag' : 'given' };
  for (const [from, to] of headerPrefixes)
    if (tag.startsWith(from)) return { name: `${to}${tag.slice(from.length).toLowerCase()}`, as: 'list of one' };
  return { name: tag, as: formOf(tag) };
}

function formOf(name: string): TagAttribute['as'] {
  if (integers.has(name)) return 'integer';
  if (texts.has(name)) return 'text';
  if (name === 'dns.answers') return 'list';
  return name === 'network.type' ? 'lower case' : 'given';
}
