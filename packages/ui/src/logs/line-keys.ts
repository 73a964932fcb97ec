import type { LogRow } from '@bellwether/model';
import { useKeys } from '../keys.js';

/** What both lists, the stored one and the live one, are given. */
export type ListProps = {
  readonly q: string;
  readonly columns: readonly string[];
  readonly wraps: boolean;
  readonly selectedId: string | undefined;
  readonly onSelect: (line: LogRow, how?: 'push' | 'replace') => void;
  readonly onRemoveColumn: (key: string) => void;
};

/** `j`, `k` and the arrows walk through lines and select them. */
export function useLineKeys(
  count: number,
  lineAt: (index: number) => LogRow | undefined,
  selectedIndex: number,
  onSelect: ListProps['onSelect'],
): void {
  const walk = (by: number): void => {
    const line = lineAt(Math.min(Math.max(selectedIndex + by, 0), count - 1));
    if (line !== undefined) onSelect(line, selectedIndex < 0 ? 'push' : 'replace');
  };
  const next = { label: 'Next line', group: 'Logs', run: () => walk(1) };
  const previous = { label: 'Previous line', group: 'Logs', run: () => walk(-1) };
  useKeys([
    { keys: 'j', ...next },
    { keys: 'ArrowDown', ...next },
    { keys: 'k', ...previous },
    { keys: 'ArrowUp', ...previous },
  ]);
}
