import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const FEATURES = ["people", "crm", "conversations", "routing", "telephony", "flows", "analytics", "tenancy", "channels"];

/** Imports go down: screens → features → shared, and no feature knows another (docs/architecture: the desktop). */
const boundaries = FEATURES.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: [...FEATURES.filter((other) => other !== feature).map((other) => `@/features/${other}/**`), "../../*/**"],
            message: "Features never import features: compose them in src/screens.",
          },
          { group: ["@/screens/**", "**/screens/**"], message: "Features do not know screens." },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/shared/api/schema.ts"] },
  ...tseslint.configs.recommended,
  { files: ["**/*.{ts,tsx}"], ...hooks.configs.flat["recommended-latest"] },
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "max-lines": ["error", { max: 250, skipComments: true, skipBlankLines: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "Names, notes and everything else that callers write are rendered as text only.",
        },
        { selector: "MemberExpression[property.name='innerHTML']", message: "Render text, never HTML." },
      ],
    },
  },
  {
    files: ["src/shared/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@/features/**", "@/screens/**"], message: "Shared code knows neither features nor screens." }] },
      ],
    },
  },
  ...boundaries,
  // Preact has no compiler, for which this rule is.
  { files: ["widget/**"], rules: { "react-hooks/immutability": "off" } },
);
