/** Whether an address may be followed: our own pages and the web, nothing that runs. */
function isSafe(url: string): boolean {
  const bare = [...url].filter(letter => letter > ' ').join('');
  if (/^(?:\/(?![/\\])|#|\?)/.test(bare)) return true;
  return /^(?:https?:\/\/|mailto:)/i.test(bare);
}

/** `/d/<uid>/<title>?var-x=1` of Grafana, with or without its beginning. */
const grafanaDashboard = /^(?:\.{0,2}\/)?d\/([A-Za-z0-9_-]{1,100})(?:\/[^?#]*)?(\?[^#]*)?$/;

/** Where a link of a dashboard leads here: one to another dashboard stays in these pages. Undefined for what must not be followed. */
export function linkAddress(url: string): string | undefined {
  const dashboard = grafanaDashboard.exec(url.trim());
  if (dashboard !== null) return `/dashboards/${dashboard[1]}${dashboard[2] ?? ''}`;
  return isSafe(url) ? url : undefined;
}
