import { readSeconds } from './event.js';
import { hasTooManyTags, readOrigin, type Origins } from './origins.js';

/**
 * A service check of DogStatsD: `_sc|name|status|d:1656581400|h:host|#tags|m:message`
 * (https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/?tab=servicechecks).
 */
export interface ServiceCheck extends Origins {
  readonly is: 'service check';
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'critical' | 'unknown';
  readonly host: string;
  readonly message: string;
  /** Seconds since 1970. */
  readonly atSeconds: number | undefined;
}

const statuses: readonly ServiceCheck['status'][] = ['ok', 'warning', 'critical', 'unknown'];

/** The check, or why it can not be read. */
export function readServiceCheck(line: string): ServiceCheck | string {
  const [, name = '', code = '', ...fields] = line.split('|');
  if (name === '') return 'a service check has no name';
  const status = /^[0-3]$/.test(code) ? statuses[Number(code)] : undefined;
  if (status === undefined) return 'the status of a service check is none of 0, 1, 2, 3';
  const origins = { tags: '', container: '', external: '' };
  let host = '';
  let message = '';
  let atSeconds: number | undefined;
  for (const [index, field] of fields.entries()) {
    if (field.startsWith('m:')) {
      // The message is the last field of those that may hold a bar, except that newer fields follow it.
      const end = fields.findIndex((later, at) => at > index && /^[ce]:/.test(later));
      message = fields
        .slice(index, end === -1 ? undefined : end)
        .join('|')
        .slice(2);
      for (const later of end === -1 ? [] : fields.slice(end)) readOrigin(origins, later);
      break;
    }
    if (field.startsWith('d:')) atSeconds = readSeconds(field.slice(2));
    else if (field.startsWith('h:')) host = field.slice(2);
    else readOrigin(origins, field);
  }
  if (hasTooManyTags(origins.tags)) return 'a service check has more than 64 tags';
  return {
    is: 'service check',
    name,
    status,
    host,
    message: message.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`m\:`, 'm:'),
    atSeconds,
    ...origins,
  };
}
