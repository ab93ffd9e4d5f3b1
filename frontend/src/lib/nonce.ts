import { setNonce } from "get-nonce";

/** The nonce that the Content Security Policy allows for this page's style elements. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
}

/** Tells it to the part of Mantine that keeps a page behind a dialog from scrolling. */
export function shareNonce() {
  const nonce = styleNonce();
  if (nonce) setNonce(nonce);
}
