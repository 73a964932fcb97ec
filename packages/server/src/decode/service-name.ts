import { attributeWidth, readAttribute, valueKind } from './attributes.js';
import { Int32List } from './int32-list.js';
import { WireReader } from './wire-reader.js';

const key = Buffer.from('service.name');
const list = new Int32List();

/** `service.name` of the first resource, shortened to 200 bytes; '' when it has none. The messages were checked. */
export function firstServiceName(body: Uint8Array, resources: Int32Array): string {
  const at = resources[0] ?? 0;
  const end = at + (resources[1] ?? 0);
  const wire = new WireReader(body);
  wire.at = at;
  let name = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag !== 10) {
      wire.skip(tag, 0, end);
      continue;
    }
    const attributeEnd = wire.length(end) + wire.at;
    list.clear();
    if (readAttribute(wire, attributeEnd, list)) name = serviceName(body, list.data) ?? name;
  }
  return name;
}

function serviceName(body: Uint8Array, attribute: Int32Array): string | undefined {
  const [keyAt = 0, keyLengthAndKind = 0, valueAt = 0, valueLength = 0] = attribute.subarray(0, attributeWidth);
  if (keyLengthAndKind !== key.length * 8 + valueKind.string) return undefined;
  if (!key.equals(body.subarray(keyAt, keyAt + key.length))) return undefined;
  return Buffer.from(body.subarray(valueAt, valueAt + Math.min(valueLength, 200))).toString();
}
