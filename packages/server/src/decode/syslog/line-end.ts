/** A message without the line end or the zero byte that some senders add, over UDP as well. */
export function withoutLineEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && isEnd(bytes[end - 1])) end--;
  return bytes.subarray(0, end);
}

const isEnd = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d || byte === 0;
