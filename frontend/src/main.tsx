import "./ui/mantine";
import "@mantine/notifications/styles.css";
import "./ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { preferred, startI18n } from "./i18n";
import { chooseBackend } from "./lib/backend";
import { shareNonce } from "./lib/nonce";

async function main() {
  shareNonce();
  startI18n(preferred(navigator.languages));
  const backend = await chooseBackend();
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<StrictMode><App backend={backend} /></StrictMode>);
}

void main();
