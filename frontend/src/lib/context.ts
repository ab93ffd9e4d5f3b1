import { createContext, use } from "react";
import type { Backend, Elevation } from "./backend";
import type { Live } from "./live";

/** What every screen needs of the world outside. */
export interface Services { backend: Backend; live: Live; elevation: Elevation }

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services) throw new Error("no services around this component");
  return services;
}
