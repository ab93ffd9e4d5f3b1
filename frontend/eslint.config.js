import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import layers from "./lint/layers.js";

const node = { process: "readonly", console: "readonly", URL: "readonly", setTimeout: "readonly", Buffer: "readonly", TextDecoder: "readonly", fetch: "readonly" };

export default tseslint.config(
  { ignores: ["dist", "build", "node_modules", "src/lib/backend/api.gen.ts", "postcss.config.cjs"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked, a11y.flatConfigs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks, steward: { rules: { layers } } },
    rules: {
      ...hooks.configs.recommended.rules,
      "steward/layers": "error",
      "max-lines": ["error", 400],
      "no-restricted-globals": ["error", "localStorage", "sessionStorage", "indexedDB"],
      "no-restricted-properties": [
        "error",
        { object: "window", property: "localStorage" },
        { object: "window", property: "sessionStorage" },
        { property: "innerHTML", message: "Text stays text." },
        { property: "outerHTML", message: "Text stays text." },
        { property: "insertAdjacentHTML", message: "Text stays text." },
      ],
      "no-restricted-syntax": ["error", { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text stays text." }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true, boolean: true } }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
    },
  },
  { files: ["**/*.mjs", "lint/*.js", "eslint.config.js"], languageOptions: { globals: node } },
  { files: ["e2e/*.mjs"], languageOptions: { globals: { ...node, document: "readonly", Image: "readonly", window: "readonly", location: "readonly", getComputedStyle: "readonly", MutationObserver: "readonly", Event: "readonly" } } },
);
