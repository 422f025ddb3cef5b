/** How wide a drawing may be: as wide as its place, and drawn again when that changes. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

const AT_FIRST_PX = 640;

export function useWidth<Place extends HTMLElement>(): readonly [RefObject<Place | null>, number] {
  const place = useRef<Place>(null);
  const [width, setWidth] = useState(AT_FIRST_PX);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.max(1, Math.floor(element.clientWidth)));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [place, width];
}
