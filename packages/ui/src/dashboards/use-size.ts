import { useEffect, useState, type RefObject } from 'react';

export type Size = { readonly widthPx: number; readonly heightPx: number };

/** Inner size of an element; 0 by 0 before it is drawn. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ widthPx: 0, heightPx: 0 });
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    const observer = new ResizeObserver(() => {
      const next = { widthPx: watched.clientWidth, heightPx: watched.clientHeight };
      setSize(before => (before.widthPx === next.widthPx && before.heightPx === next.heightPx ? before : next));
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
