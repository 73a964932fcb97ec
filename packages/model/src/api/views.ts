import { z } from 'zod';
import { plainText } from './plain-text.js';
import { epochMs } from './time-range.js';

/** A page of ours with its filters, as in the address bar: `/logs?q=level>=warn`. No other host can be written so. */
const address = z
  .string()
  .max(8192)
  .regex(/^\/(?![/\\])[^\p{Cc}\\]*$/u, 'the address of a view is a path of this server, such as /logs?q=level>=warn');

const name = plainText.trim().min(1, 'a view needs a name').max(100);

/** POST /api/bw/v1/views — names a page. */
export const viewToSave = z.object({ name, address });

/** PUT /api/bw/v1/views/:id — another name, another page, whether the page is opened with it, or several of these. */
export const viewChange = z
  .object({ name: name.optional(), address: address.optional(), isDefault: z.boolean().optional() })
  .refine(change => Object.keys(change).length > 0, 'give a name, an address, isDefault, or several of them');

export const savedView = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  savedMs: epochMs,
  /** The navigation opens its page with it; of each page at most one is. */
  isDefault: z.boolean(),
});

/** GET /api/bw/v1/views — those of the workspace, by name. */
export const viewsAnswer = z.object({ views: z.array(savedView) });

export const viewParams = z.object({ id: z.string().max(64) });

export type SavedView = z.infer<typeof savedView>;
export type ViewsAnswer = z.infer<typeof viewsAnswer>;
export type ViewChange = z.infer<typeof viewChange>;
export type ViewToSave = z.infer<typeof viewToSave>;
