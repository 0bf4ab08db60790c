import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { usePageTitle } from "./title";
import classes from "./Page.module.css";

/** A screen's frame: its heading takes the focus after navigation, so that keyboard and screen reader start there. */
export function Page({ title, actions, children, wide = false }: { title: string; actions?: ReactNode; children: ReactNode; wide?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  usePageTitle(title);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement?.closest("nav")) {
      heading.current?.focus({ preventScroll: true });
    }
  }, [title]);
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>{title}</Title>
        <Group gap="xs">{actions}</Group>
      </Group>
      {children}
    </div>
  );
}
