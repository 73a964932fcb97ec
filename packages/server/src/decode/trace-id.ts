/** Ids as text: hexadecimal digits in either case. What is shorter than an id (a trace id of 64 bits) has zeros in front. */

/** A trace id's 16 bytes; undefined when the text is none, or zero. */
export function traceIdOfHex(text: string): Uint8Array | undefined {
  return idOfHex(text, 32);
}

/** A span id's 8 bytes; undefined when the text is none, or zero. */
export function spanIdOfHex(text: string): Uint8Array | undefined {
  return idOfHex(text, 16);
}

function idOfHex(text: string, digits: number): Uint8Array | undefined {
  if (text.length > digits || !/^[0-9a-fA-F]*[1-9a-fA-F][0-9a-fA-F]*$/.test(text)) return undefined;
  return Buffer.from(text.padStart(digits, '0'), 'hex');
}
