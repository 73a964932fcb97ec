import { BadInput } from '../../base/bad-input.js';
import { membersOf, parseJson } from '../nested-json.js';
import type { Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { filesRequest, type RawFile } from '../raw-files.js';

const maxParts = 64;
const lineEnd = Buffer.from('\r\n\r\n');

/**
 * The body of /profiling/v1/input: `multipart/form-data` with `event.json`, which says what was profiled and when, and a file per kind of profile (`wall.pprof`,
 * `space.pprof`). Each is kept as it came, with what the event says as attributes. Throws `BadInput` when it is not that.
 */
export function datadogProfile(body: Uint8Array, contentType: string, receivedNs: bigint): readonly Part[] {
  const form = formParts(body, contentType);
  const attachments = form.filter(({ name, filename }) => filename !== '' && name !== 'event');
  if (attachments.length === 0) throw new BadInput('a profile has no file');
  const said = whatIsSaid(form);
  const startNs = timeNs(said.start) ?? receivedNs;
  const attributes: (readonly [string, Value])[] = [
    ['service.instance.id', said.tags.get('runtime-id')],
    ['host.name', said.tags.get('host')],
    ['telemetry.sdk.name', 'datadog'],
    ['telemetry.sdk.language', said.family === 'node' ? 'nodejs' : said.family],
    ['telemetry.sdk.version', said.tags.get('profiler_version')],
    ['process.pid', numberOf(said.tags.get('process_id'))],
    ['process.runtime.version', said.tags.get('runtime_version')?.replace(/^v(?=\d)/, '')],
    ['profile.start', said.start],
    ['profile.end', said.end],
    ['datadog.profile.family', said.family],
    ...[...said.tags]
      .filter(([name]) => !tagsElsewhere.has(name) && !name.startsWith('_dd.'))
      .map(([name, value]) => [`datadog.profile.${name}`, value] as const),
  ];
  const files = attachments.map(({ name, filename, type, data }): RawFile => ({
    kind: 'profile',
    name: filename || name,
    contentType: type || 'application/octet-stream',
    service: said.tags.get('service') ?? '',
    environment: said.tags.get('env') ?? '',
    version: said.tags.get('version') ?? '',
    timeNs: startNs,
    attributes: attributes.filter(([, value]) => value !== undefined && value !== ''),
    data,
  }));
  return [{ signal: 'files', body: filesRequest(files) }];
}

const tagsElsewhere = new Set([
  'service',
  'env',
  'version',
  'runtime-id',
  'host',
  'process_id',
  'profiler_version',
  'runtime_version',
  'language',
]);

interface FormPart {
  readonly name: string;
  readonly filename: string;
  readonly type: string;
  readonly data: Uint8Array;
}

interface Said {
  readonly start: string;
  readonly end: string;
  readonly family: string;
  readonly tags: ReadonlyMap<string, string>;
}

/** From the event, or from the fields of the form that older tracers send instead. */
function whatIsSaid(form: readonly FormPart[]): Said {
  const event = form.find(({ name }) => name === 'event' || name === 'event.json');
  const members =
    event === undefined ? new Map<string, unknown>() : membersOf(parseJson(event.data, 'send event.json'));
  const field = (name: string): string => {
    const value = members.get(name);
    if (typeof value === 'string') return value.slice(0, 8192);
    const part = form.find(part => part.name === name && part.filename === '');
    return part === undefined ? '' : Buffer.from(part.data).toString('utf8', 0, 8192);
  };
  const lists = [
    field('tags_profiler'),
    ...form.filter(({ name }) => name === 'tags[]').map(({ data }) => String(data)),
  ];
  const tags = new Map<string, string>();
  for (const tag of lists.flatMap(list => list.split(','))) {
    const colon = tag.indexOf(':');
    if (colon > 0) tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  return {
    start: field('start') || field('recording-start'),
    end: field('end') || field('recording-end'),
    family: field('family') || field('runtime'),
    tags,
  };
}

/** The parts of a form (RFC 7578). Headers are looked for in the first 4 KiB of a part. */
function formParts(body: Uint8Array, contentType: string): readonly FormPart[] {
  const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    contentType.slice(0, 500),
  );
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw new BadInput('a profile is multipart/form-data with a boundary');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const delimiter = Buffer.from(`\r\n--${mark}`);
  const parts: FormPart[] = [];
  const first = delimiter.subarray(2);
  let at = bytes.subarray(0, first.length).equals(first) ? first.length : -1;
  if (at < 0) throw new BadInput('a form begins with its boundary');
  while (bytes.subarray(at, at + 2).toString('latin1') !== '--') {
    const headersEnd = bytes.subarray(at, at + 4096).indexOf(lineEnd);
    if (headersEnd < 0) throw new BadInput('a part of a form has headers and an empty line after them');
    const dataAt = at + headersEnd + lineEnd.length;
    const end = bytes.indexOf(delimiter, dataAt - 2);
    if (end < 0) throw new BadInput('the form ends before its last boundary; is the body complete?');
    const headers = bytes.toString('utf8', at, at + headersEnd);
    if (parts.length >= maxParts) throw new BadInput(`a form of more than ${maxParts} parts`);
    parts.push({
      name: /;\s*name="([^"]{0,200})"/i.exec(headers)?.[1] ?? '',
      filename: /;\s*filename="([^"]{0,200})"/i.exec(headers)?.[1] ?? '',
      type: /^content-type:[ \t]*([^\r\n]{1,200})/im.exec(headers)?.[1]?.trim() ?? '',
      data: bytes.subarray(dataAt, Math.max(dataAt, end)),
    });
    at = end + delimiter.length;
  }
  return parts;
}

function timeNs(text: string): bigint | undefined {
  const ms = Date.parse(text);
  return ms >= 0 ? BigInt(ms) * 1_000_000n : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
