import { Component, type ReactNode } from "react";
import { asError, type BackendError } from "@/lib/backend";
import { ErrorNote } from "./Note";

/** Keeps a defect in one screen from taking the others with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: BackendError | undefined }> {
  override state: { error: BackendError | undefined } = { error: undefined };

  static getDerivedStateFromError(problem: unknown) {
    return { error: asError(problem) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <div style={{ padding: 28 }}><ErrorNote error={error} onRetry={() => this.setState({ error: undefined })} /></div>;
  }
}
