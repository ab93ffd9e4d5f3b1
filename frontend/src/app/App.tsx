import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
import { type Backend, Elevation } from "@/lib/backend";
import { type Services, ServicesContext } from "@/lib/context";
import { Live } from "@/lib/live";
import { styleNonce } from "@/lib/nonce";
import { theme, variables } from "@/ui/theme";
import { colorScheme } from "./color-scheme";
import { Gate } from "./Gate";

export function App({ backend }: { backend: Backend }) {
  const [services] = useState((): Services => {
    const live = new Live(backend);
    const elevation = new Elevation(backend, () => live.refresh((m) => m === "Lock/State" || m === "Setup/State"));
    return { backend: elevation.backend, live, elevation };
  });
  useEffect(() => services.live.start(), [services]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={colorScheme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <ServicesContext value={services}>
        <Notifications position="bottom-right" />
        <Gate />
      </ServicesContext>
    </MantineProvider>
  );
}
