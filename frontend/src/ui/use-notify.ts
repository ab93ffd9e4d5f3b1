import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { asError } from "@/lib/backend";

/** A short word in the corner: that something was done, or why it was not. */
export function useNotify() {
  const { t } = useTranslation();
  const closeButtonProps = { "aria-label": t("close") };
  return {
    done: (message: string) => notifications.show({ message, closeButtonProps }),
    failed: (problem: unknown) => {
      const { message, hint } = asError(problem);
      notifications.show({ color: "red", title: message, message: hint, closeButtonProps });
    },
  };
}
