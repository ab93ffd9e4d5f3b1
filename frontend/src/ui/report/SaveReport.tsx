import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useServices } from "@/lib/context";
import { useAction } from "@/lib/hooks";
import { useNotify } from "../use-notify";

/** Saves a report as a file of its own. The browser, or the system's dialog, says where it went. */
export function SaveReport({ id }: { id: string }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const { backend } = useServices();
  const save = useAction(async (format: "html" | "markdown") => {
    try {
      const file = await backend.call("Reports/Download", { id, format });
      await backend.save(file.name, file.content);
    } catch (problem) {
      notify.failed(problem);
    }
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-md" leftSection={<IconDownload size={16} aria-hidden />} loading={save.busy}>{t("report.save")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save.run("html")}>{t("report.html")}</Menu.Item>
        <Menu.Item onClick={() => void save.run("markdown")}>{t("report.markdown")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
