/**
 * Around what may fail to be drawn: something else stands in its place, and
 * everything around it stays. (B47)
 */
import { Component, type ReactNode } from "react";

type Props = {
  /** What is shown in its place. */
  readonly instead: ReactNode;
  readonly children: ReactNode;
};

export class Boundary extends Component<Props, { readonly failed: boolean }> {
  static getDerivedStateFromError(): { readonly failed: boolean } {
    return { failed: true };
  }
  override state: { readonly failed: boolean } = { failed: false };
  override render(): ReactNode {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
