import { attributeWidth, valueKind } from '../decode/attributes.js';
import { spanField, type SpanBatch } from '../decode/otlp-traces.js';
import { firstServiceName } from '../decode/service-name.js';
import { pathTemplate, pathlessName } from '../enrich/route/path-template.js';

/** Longer names are cut there. */
const maxNameBytes = 300;

/** A name that says no more than the method; the route or the path says the rest. */
const bareMethod = /^(?:HTTP )?[A-Z]{3,10}$/;

const route = Buffer.from('http.route');
const paths = [Buffer.from('url.path'), Buffer.from('http.target')];

/** Did somebody ask a service for this span: a request, a message, or the beginning of a trace? */
export function isEntry({ spans }: SpanBatch, at: number): boolean {
  const kind = spans[at + spanField.kind]!;
  return kind === 2 || kind === 5 || spans[at + spanField.parentSpanIdAt] === -1;
}

/** Names the operations of a batch's spans: service, kind and name, with a template for a path, so that there is not one for each order. */
export function operationNames(batch: SpanBatch): (at: number) => string {
  const { body, spans: fields, resources } = batch;
  const services: string[] = [];
  return at => {
    const resource = fields[at + spanField.resource]!;
    const service = (services[resource] ??= firstServiceName(body, resources.subarray(resource * 2, resource * 2 + 2)));
    const name = text(body, fields[at + spanField.nameAt]!, fields[at + spanField.nameLength]!);
    const operation = bareMethod.test(name) ? `${name} ${routeOf(batch, at)}` : (pathlessName(name) ?? name);
    return `${service}\n${fields[at + spanField.kind]}\n${operation}`;
  };
}

function routeOf(batch: SpanBatch, at: number): string {
  const own = attribute(batch, at, route);
  if (own !== undefined) return own;
  for (const key of paths) {
    const path = attribute(batch, at, key);
    if (path !== undefined) return pathTemplate(path);
  }
  return '';
}

function attribute({ body, spans: fields, attributes }: SpanBatch, at: number, key: Buffer): string | undefined {
  const first = fields[at + spanField.firstAttribute]!;
  for (let index = first; index < first + fields[at + spanField.attributes]!; index++) {
    const place = index * attributeWidth;
    if (attributes[place + 1] !== key.length * 8 + valueKind.string) continue;
    const keyAt = attributes[place]!;
    if (key.equals(body.subarray(keyAt, keyAt + key.length)))
      return text(body, attributes[place + 2]!, attributes[place + 3]!);
  }
  return undefined;
}

function text(body: Uint8Array, at: number, length: number): string {
  return Buffer.from(body.buffer, body.byteOffset + at, Math.min(length, maxNameBytes)).toString();
}
