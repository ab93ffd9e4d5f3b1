import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import type { Backend } from "@/lib/backend";
import { ServicesContext } from "@/lib/context";
import { Live } from "@/lib/live";
import { styleNonce } from "@/lib/nonce";
import { theme, variables } from "@/ui/theme";
import { colorScheme } from "./color-scheme";
import { Gate } from "./Gate";

export function App({ backend }: { backend: Backend }) {
  const [live] = useState(() => new Live(backend));
  useEffect(() => live.start(), [live]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={colorScheme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <ServicesContext value={{ backend, live }}>
        <Notifications position="bottom-right" />
        <Gate />
      </ServicesContext>
    </MantineProvider>
  );
}
