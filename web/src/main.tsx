import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./shared/theme/theme.css";
import { createRoot } from "react-dom/client";
import { App } from "@/screens/App";
import { startI18n } from "@/shared/i18n";

await startI18n();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(<App />);
