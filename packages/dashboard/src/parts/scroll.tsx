/** What may be wider than the screen: moved sideways by itself, with keys too. */
import type { ReactNode } from "react";

export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    // Who has no pointer moves it with the arrow keys, and needs it in the order of tabs for that.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
