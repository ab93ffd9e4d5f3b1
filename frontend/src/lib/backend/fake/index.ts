import { download, pickInPage } from "../page";
import { type AnswerOf, type Backend, BackendError, type Method, type RequestOf } from "../types";
import { methods } from "./methods";
import { trustMethods } from "./trust";
import { World } from "./world";

/** A backend in memory, for design work and for browser tests that need no process. `?fake=new|locked|open|empty` says where
 * it begins. It keeps to the shapes of the surface and does nothing else. */
export function fakeBackend(options: URLSearchParams): Backend {
  const world = new World(options);
  const all = { ...methods(world), ...trustMethods(world, options) };
  const backend: Backend = {
    async call<M extends Method>(method: M, request: RequestOf<M>, elevation = ""): Promise<AnswerOf<M>> {
      await new Promise((resolve) => setTimeout(resolve, Number(options.get("slow") ?? 15)));
      if (options.has("down")) throw new BackendError({ code: "unreachable", message: "Steward does not answer" });
      if (world.setup.state !== "open" && !method.startsWith("Setup/")) {
        throw new BackendError({ code: "locked", message: "the home is locked", hint: "unlock it first" });
      }
      const answer = (all as Partial<Record<Method, (request: unknown, elevation: string) => unknown>>)[method];
      if (!answer) throw new BackendError({ code: "not_found", message: `there is no method ${method}` });
      return structuredClone((await answer(request, elevation)) as AnswerOf<M>);
    },
    events(onEvent, onState) {
      world.listeners.add(onEvent);
      onState(options.has("down") ? "lost" : "open");
      return () => world.listeners.delete(onEvent);
    },
    pickFiles: pickInPage,
    dropped: () => () => undefined,
    bring: (picked) => Promise.resolve(picked.map((p) => (typeof p === "string" ? p : `/uploads/${p.name}`))),
    save(name, content) {
      download(name, content);
      return Promise.resolve();
    },
  };
  // What happens elsewhere, for the browser tests: another window's call.
  Object.assign(window, { stewardFake: backend });
  return backend;
}
