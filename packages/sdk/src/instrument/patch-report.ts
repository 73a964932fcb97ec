import type { ApplicationPackage } from '../load/application-package.js';
import { type InstalledLibrary, installedLibrary } from '../load/library-file.js';
import type { EsmReach } from '../load/module-hooks.js';
import type { Attachment } from './instrumentation.js';

/** What is known of how the process was started. */
export interface Circumstances {
  readonly application: ApplicationPackage | undefined;
  readonly reach: EsmReach;
}

const flag = 'start with `node --import @bellwether/node/register`';

/**
 * Says of each instrumentation that saw nothing, though the application depends on its library, what version there is and why it may not be seen; and of one that
 * came too late, what to do.
 */
export function explain(
  attachments: readonly Attachment[],
  { application, reach }: Circumstances,
): readonly Attachment[] {
  return attachments.map(attachment => {
    const { state, by, libraries, reason } = attachment;
    if (reason !== undefined) return attachment;
    if (state === 'seen' && by === 'late') {
      return { ...attachment, reason: `it was loaded before us and may not be seen in full; ${flag}` };
    }
    if (state !== 'waiting' || application === undefined) return attachment;
    const library = libraries.find(name => application.dependencies.has(name));
    const installed = library === undefined ? undefined : installedLibrary(library, application.folder);
    if (installed === undefined) return attachment;
    return { ...attachment, version: installed.version, reason: whyUnseen(installed, by, reach) };
  });
}

function whyUnseen({ forms }: InstalledLibrary, by: Attachment['by'], reach: EsmReach): string {
  if (by !== undefined) return 'loaded, and not used so far';
  if (forms !== 'cjs' && reach.by === 'nothing') {
    return `not loaded so far, and as an ES module it would not be seen: ${reach.reason}; name it in the dependencies of package.json, or use Node 22.15 or newer`;
  }
  return 'not loaded so far; when it is in use: imported before us, or bundled without our plugin';
}
