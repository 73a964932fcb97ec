const comma = 0x2c;
const semicolon = 0x3b;
const hexDigits = 14;

/** One span stands for at most so many: who sends less than a millionth would have its minutes made of single spans, and a sender that lies could spoil every sum. */
export const maxWeight = 2 ** 20;

/**
 * How many spans one stands for that was sampled by whoever sent it: OpenTelemetry's rejection threshold in its trace state, `ot=th:e6666` for one in ten
 * (https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/). 1 when it says nothing, or nothing that can be read.
 */
export function thresholdWeight(body: Uint8Array, at: number, length: number): number {
  const end = at + length;
  for (let member = at; member < end; member = after(body, member, end, comma)) {
    while (body[member] === 0x20 || body[member] === 0x09) member++;
    // `ot=`
    if (body[member] !== 0x6f || body[member + 1] !== 0x74 || body[member + 2] !== 0x3d) continue;
    const memberEnd = Math.min(end, after(body, member, end, comma));
    for (let part = member + 3; part < memberEnd; part = after(body, part, memberEnd, semicolon)) {
      // `th:`
      if (body[part] !== 0x74 || body[part + 1] !== 0x68 || body[part + 2] !== 0x3a) continue;
      return weightOf(body, part + 3, memberEnd);
    }
    return 1;
  }
  return 1;
}

/** Just after the next `mark`; `end` or beyond when there is none. */
function after(body: Uint8Array, at: number, end: number, mark: number): number {
  let next = at;
  while (next < end && body[next] !== mark) next++;
  return next + 1;
}

/** Hex digits after the point, at most 14 of them; what is not said is 0. */
function weightOf(body: Uint8Array, at: number, end: number): number {
  let threshold = 0;
  let unit = 1;
  let digits = 0;
  for (; at + digits < end && digits < hexDigits; digits++) {
    const value = hexValue(body[at + digits]!);
    if (value === undefined) break;
    unit /= 16;
    threshold += value * unit;
  }
  return digits === 0 || threshold >= 1 ? 1 : Math.min(maxWeight, 1 / (1 - threshold));
}

function hexValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : undefined;
}
