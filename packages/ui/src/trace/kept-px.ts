import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** A width that the reader set, in pixels; the browser remembers it. */
export function useKeptPx(key: string, initialPx: number): readonly [number, (px: number) => void] {
  const [px, setPx] = useState(() => {
    try {
      return Number(localStorage.getItem(key)) || initialPx;
    } catch {
      return initialPx;
    }
  });
  const keep = (next: number): void => {
    setPx(next);
    try {
      localStorage.setItem(key, String(next));
    } catch {
      // Without storage the width holds until the page is left.
    }
  };
  return [px, keep];
}

/** How wide an element is, in pixels, known before it is seen; 0 before it is on the page. */
export function useWidthPx<Box extends HTMLElement>(): readonly [number, RefObject<Box | null>] {
  const box = useRef<Box>(null);
  const [widthPx, setWidthPx] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    setWidthPx(element.clientWidth);
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [widthPx, box];
}
