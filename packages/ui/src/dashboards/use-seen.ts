import { useEffect, useState, type RefObject } from 'react';

/** Whether an element is in sight or nearly so. */
export function useSeen(element: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const watched = element.current;
    if (watched === null) return undefined;
    const observer = new IntersectionObserver(entries => setSeen(entries.some(entry => entry.isIntersecting)), {
      rootMargin: '160px',
    });
    observer.observe(watched);
    return () => observer.disconnect();
  }, [element]);
  return isSeen;
}
