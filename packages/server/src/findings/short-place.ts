/** `src/orders.ts:12` of `/srv/app/src/orders.ts:12`: where an application stands differs by machine and release, and the end of a path tells more than its begin. */
export function shortPlace(place: string): string {
  return place.split(/[\\/]/).slice(-3).join('/');
}
