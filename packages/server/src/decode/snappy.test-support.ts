/** Packs in snappy's block format with a table of the last place of every four bytes, as snappy's own packer does. For tests and benches. */
export function snappy(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  let rest = bytes.length;
  while (rest > 127) {
    out.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  const last = new Map<number, number>();
  let literalFrom = 0;
  const literal = (to: number): void => {
    for (let from = literalFrom; from < to;) {
      const length = Math.min(to - from, 65_536);
      if (length <= 60) out.push((length - 1) << 2);
      else if (length <= 256) out.push(60 << 2, length - 1);
      else out.push(61 << 2, (length - 1) & 255, (length - 1) >> 8);
      for (let i = 0; i < length; i++) out.push(bytes[from + i]!);
      from += length;
    }
  };
  const copy = (offset: number, length: number): void => {
    for (let left = length; left > 0;) {
      const part = left > 64 && left < 68 ? 60 : Math.min(left, 64);
      if (part >= 4 && part <= 11 && offset < 2048)
        out.push(1 | ((part - 4) << 2) | ((offset >> 8) << 5), offset & 255);
      else if (offset < 65_536) out.push(2 | ((part - 1) << 2), offset & 255, offset >> 8);
      else out.push(3 | ((part - 1) << 2), offset & 255, (offset >> 8) & 255, (offset >> 16) & 255, offset >>> 24);
      left -= part;
    }
  };
  for (let at = 0; at + 4 <= bytes.length;) {
    const four = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
    const from = last.get(four);
    last.set(four, at);
    if (from === undefined) {
      at++;
      continue;
    }
    let length = 4;
    while (at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
    literal(at);
    copy(at - from, length);
    at += length;
    literalFrom = at;
  }
  literal(bytes.length);
  return Buffer.from(out);
}
