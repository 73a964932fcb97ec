import type { OverviewAnswer } from '@bellwether/model';
import type { Marker } from './plot.js';

/** The flag of a deploy over a chart. One that was taken back says so: `back to v412`. */
export function deployMarker({ version, at, isRollback }: OverviewAnswer['deploys'][number]): Marker {
  return { atMs: at, label: isRollback ? `back to ${version}` : version };
}
