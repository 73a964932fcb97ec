import { z } from 'zod';

/** What people write. Without U+0000: the store of what people decide ends a text there, and the rest would be lost. */
export const plainText = z.string().regex(/^[^\0]*$/, 'must not hold the character U+0000: leave it out');
