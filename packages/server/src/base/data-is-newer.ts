/** The data directory was written by a newer version; nothing in it was touched. */
export class DataIsNewer extends Error {
  override readonly name = 'DataIsNewer';
}
