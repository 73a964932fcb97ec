import { maxDashboardBytes } from '@bellwether/dashboards';

/** The text of a file that was dropped or picked; undefined when there is none. A file that is far too large is not read. */
export async function dropped(transfer: DataTransfer): Promise<string | undefined> {
  const [file] = transfer.files;
  return file === undefined ? transfer.getData('text/plain') || undefined : fileText(file);
}

export function fileText(file: File): Promise<string> {
  return file.size > maxDashboardBytes
    ? Promise.reject(new Error(`${file.name} is larger than 5 MB, which no dashboard is.`))
    : file.text();
}
