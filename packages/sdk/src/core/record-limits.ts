import { defaultRecordLimits, type RecordLimits } from '../config/record-limits.js';

/** How much one record may hold in this process; encoders and the API look here, as there is one configuration. */
export const limits: { -readonly [Name in keyof RecordLimits]: RecordLimits[Name] } = { ...defaultRecordLimits };

/** To be called before anything is recorded. */
export function setRecordLimits(wanted: RecordLimits): void {
  Object.assign(limits, wanted);
}
