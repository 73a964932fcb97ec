import { spanField, type SpanBatch } from '../decode/otlp-traces.js';
import { slot } from '../enrich/attribute-roles.js';
import { hasIds, pathInName, pathTemplate } from '../enrich/route/path-template.js';
import type { AttributeColumns } from './attribute-columns.js';
import type { Arrival } from './span-block.js';

/** The longest method and the space behind it. */
const longestMethod = 11;

/**
 * The route of a server span that came with a path and without a route; '' for every other. `attributes` has begun the span's row. A path that was not
 * found, or not allowed, is not learnt from. Services of one name in two workspaces are two services.
 */
export function derivedRoute(
  attributes: AttributeColumns,
  batch: SpanBatch,
  at: number,
  { words, routes, workspace }: Arrival,
  service: string,
): string {
  if (attributes.slotAt[slot.httpRoute]! >= 0) return '';
  const { body, attributes: columns } = batch;
  const textOf = (which: number): string | undefined => attributes.slotText(which, words, body, columns);
  const path = textOf(slot.urlPath) ?? textOf(slot.httpTarget) ?? pathOfName(batch, at)?.path;
  if (path === undefined || !path.startsWith('/')) return '';
  const status = textOf(slot.httpStatus) ?? textOf(slot.oldHttpStatus) ?? '';
  return words.scrubber.free(routes.of(`${words.text(workspace)}\n${service}`, path, !status.startsWith('4')));
}

/**
 * The name a span is stored and counted under. A statement as a name becomes its summary, a path in a name its route: names are what is grouped by, so
 * there must not be one for each order. `route`: what `derivedRoute` said; `attributes` has finished the span's row.
 */
export function nameWord(
  attributes: AttributeColumns,
  batch: SpanBatch,
  at: number,
  { words, names }: Arrival,
  route: string,
): number {
  const { body, spans: fields, attributes: columns } = batch;
  const nameAt = fields[at + spanField.nameAt]!;
  const length = fields[at + spanField.nameLength]!;
  if (
    attributes.statement !== undefined &&
    (attributes.slotIs(slot.statement, body, columns, nameAt, length) ||
      attributes.slotIs(slot.oldStatement, body, columns, nameAt, length))
  )
    return words.ofText(attributes.statement.summary || 'QUERY');
  if (route === '') {
    // Only names without ids become words, so that a known one needs no closer look.
    const known = words.find(body, nameAt, length);
    if (known !== -1) return names.of(known);
    const found = pathOfName(batch, at);
    if (found === undefined || (!hasIds(found.path) && !found.path.includes('?')))
      return names.of(words.of(body, nameAt, length));
    const own = found.origin === '' ? attributes.slotText(slot.httpRoute, words, body, columns) : undefined;
    return names.of(words.ofText(`${found.method} ${found.origin}${own ?? pathTemplate(found.path)}`));
  }
  const method =
    pathOfName(batch, at)?.method ??
    /^(?:HTTP )?([A-Z]{3,10})$/.exec(textAt(body, nameAt, Math.min(length, longestMethod + 5)))?.[1];
  return method === undefined ? names.of(words.of(body, nameAt, length)) : names.of(words.ofText(`${method} ${route}`));
}

/** What `pathInName` says of the span's name, without making a string of a name that holds no path. */
function pathOfName({ body, spans: fields }: SpanBatch, at: number): ReturnType<typeof pathInName> {
  const nameAt = fields[at + spanField.nameAt]!;
  const length = fields[at + spanField.nameLength]!;
  for (let i = nameAt; i < nameAt + Math.min(length, longestMethod); i++) {
    const byte = body[i]!;
    if (byte >= 65 && byte <= 90) continue;
    const next = body[i + 1];
    return byte === 32 && (next === 47 || next === 104) ? pathInName(textAt(body, nameAt, length)) : undefined;
  }
  return undefined;
}

function textAt(body: Uint8Array, at: number, length: number): string {
  return Buffer.from(body.buffer, body.byteOffset + at, Math.min(length, 8192)).toString();
}
