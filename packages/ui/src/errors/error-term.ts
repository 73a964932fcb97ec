const ownTerms: ReadonlyMap<string, string> = new Map([
  ['service.name', 'service'],
  ['service.version', 'release'],
  ['deployment.environment.name', 'env'],
  ['tenant.id', 'tenant'],
  ['user.id', 'user'],
]);

/** A term of the search for errors: those with events that have this attribute. What has a blank stands in quotes; a quote in it is left out, as the search does. */
export function errorTerm(key: string, value: string): string {
  const own = ownTerms.get(key);
  const text = (own === undefined ? `${key}=${value}` : value).replaceAll('"', '');
  return `${own ?? 'tag'}:${/\s/.test(text) ? `"${text}"` : text}`;
}
