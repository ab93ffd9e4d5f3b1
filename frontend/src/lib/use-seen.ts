import { type RefCallback, useCallback, useState } from "react";

/** Tells whether an element was in view, or near it, at any time so far. */
export function useSeen(already: boolean): [RefCallback<Element>, boolean] {
  const [seen, setSeen] = useState(already);
  const ref = useCallback((element: Element | null) => {
    if (!element) return undefined;
    const observer = new IntersectionObserver((all) => {
      if (!all.some((e) => e.isIntersecting)) return;
      setSeen(true);
      observer.disconnect();
    }, { rootMargin: "200px" });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, seen];
}
