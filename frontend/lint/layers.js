// Who may import whom: lib nothing above it, ui lib, a feature lib, ui, i18n and itself, app everything. Only lib/backend
// touches the runtime of the window.
import path from "node:path";

const allowed = {
  lib: ["lib"],
  i18n: ["i18n", "lib"],
  ui: ["ui", "lib", "i18n"],
  features: ["lib", "ui", "i18n"], // and itself
  app: ["app", "features", "lib", "ui", "i18n"],
};

/** The layer and, for a feature, its name: "features/mail" or "ui". */
function place(file) {
  const inside = /[\\/]src[\\/](.*)$/.exec(file)?.[1]?.split(/[\\/]/);
  if (!inside || inside.length < 2) return undefined;
  return { layer: inside[0], feature: inside[0] === "features" ? inside[1] : undefined, inside };
}

export default {
  meta: { type: "problem", schema: [], messages: { layer: "{{from}} must not import {{to}}", wails: "only lib/backend knows the window's runtime" } },
  create(context) {
    const from = place(context.filename);
    if (!from) return {};
    function check(node) {
      const source = node.source?.value;
      if (typeof source !== "string") return;
      if (/wails/i.test(source) && !(from.inside[0] === "lib" && from.inside[1] === "backend")) {
        context.report({ node, messageId: "wails" });
      }
      let target;
      if (source.startsWith("@/")) target = "/src/" + source.slice(2);
      else if (source.startsWith(".")) target = path.resolve(path.dirname(context.filename), source);
      else return;
      const to = place(target) ?? place(target + "/index");
      if (!to) return;
      const own = from.feature !== undefined && to.feature === from.feature;
      if (own || allowed[from.layer]?.includes(to.layer)) return;
      context.report({ node, messageId: "layer", data: { from: from.feature ?? from.layer, to: to.feature ?? to.layer } });
    }
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
