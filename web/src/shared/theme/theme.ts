import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const tide: MantineColorsTuple = [
  "#e3f4f8", "#c9e7ee", "#98d0de", "#63b8cd", "#3aa3bd", "#1f93af", "#0e809b", "#0e6f85", "#0b5b6e", "#074858",
];

const dark: MantineColorsTuple = [
  "#e8ebef", "#c5ccd6", "#a3adba", "#77818e", "#3a424d", "#2e343d", "#22272e", "#1b1f25", "#15181d", "#101317",
];

/** 14 px base, 32 px rows, one accent; Inter carries Vietnamese and Cyrillic. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  primaryColor: "tide",
  primaryShade: { light: 7, dark: 7 },
  colors: { tide, dark },
  defaultRadius: "md",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: { sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } }, fontWeight: "620" },
  cursorType: "pointer",
  components: {
    Button: { defaultProps: { size: "sm" }, styles: { root: { "--button-height": "32px" } } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", comboboxProps: { shadow: "md" } } },
    Tooltip: { defaultProps: { openDelay: 350, withinPortal: true } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 32 } },
    Modal: { defaultProps: { radius: "lg", centered: true } },
    Menu: { defaultProps: { shadow: "md" } },
  },
});

/** Mantine's own subtle colours miss AA on our tints: the gray variants take our text colours. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-gray-light-color": "#3c4552", "--mantine-color-gray-text": "#3c4552" },
  dark: {
    "--mantine-color-gray-light-color": "#c5ccd6",
    "--mantine-color-gray-text": "#c5ccd6",
    "--mantine-color-tide-light-color": "#7fd3e5",
    "--mantine-color-tide-text": "#7fd3e5",
    "--mantine-color-tide-outline": "#5cc4da",
  },
});
