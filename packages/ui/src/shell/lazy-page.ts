import { lazyRouteComponent } from '@tanstack/react-router';

/**
 * A page that is loaded when it is first opened. A script that is gone makes the router load everything anew: there is a newer build. Without a server that would leave
 * the browser's own page of failure, so that is told on the page, which can be tried again.
 */
export const lazyPage: typeof lazyRouteComponent = (importer, name) =>
  lazyRouteComponent(async () => {
    try {
      return await importer();
    } catch (error) {
      if (await isServerThere()) throw error;
      throw new Error('The server does not answer, and this page was not loaded yet. Try again when it is back.', {
        cause: error,
      });
    }
  }, name);

async function isServerThere(): Promise<boolean> {
  try {
    await fetch('/health/live', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}
