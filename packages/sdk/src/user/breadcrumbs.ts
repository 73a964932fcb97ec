import { isLevel, type Level, type Surroundings } from '../core/surroundings.js';
import { plainCopy, plainText } from '../errors/plain-copy.js';
import { activeSurroundings } from './active-surroundings.js';

/** Something that happened on the way. */
export interface Breadcrumb {
  readonly message?: string;
  /** Such as `cart` or `auth.login`. */
  readonly category?: string;
  /** `info` unless told otherwise. */
  readonly level?: Level;
  readonly data?: object;
}

const maxMessageChars = 1000;
const maxDataChars = 1000;

/**
 * Notes something that happened, for the errors of the work in progress: each shows the last 100 (in at most 12,000 characters). It is kept as text at once, so
 * what `data` holds may change later; secrets are left out by their names and shapes. Outside of any request it is kept for errors outside of requests.
 */
export function addBreadcrumb(breadcrumb: Breadcrumb | string): void {
  putBreadcrumb(activeSurroundings(), breadcrumb);
}

/** Keeps a breadcrumb in the form in which Sentry's are stored. */
export function putBreadcrumb(surroundings: Surroundings, breadcrumb: Breadcrumb | string): void {
  const { message, category, level, data }: Breadcrumb =
    typeof breadcrumb === 'string' ? { message: breadcrumb } : (breadcrumb ?? {});
  surroundings.addBreadcrumb(
    JSON.stringify({
      timestamp: new Date().toISOString(),
      category: category === undefined ? undefined : plainText(category, 200),
      level: isLevel(level) ? level : 'info',
      message: message === undefined ? undefined : plainText(message, maxMessageChars),
      data: data === undefined ? undefined : plainCopy(data, maxDataChars),
    }),
  );
}
