import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { asError } from "@/lib/backend";

/** A short word in the corner: why something that was asked for did not happen. */
export function useNotify() {
  const { t } = useTranslation();
  const closeButtonProps = { "aria-label": t("close") };
  return {
    failed: (problem: unknown) => {
      const { message, hint } = asError(problem);
      notifications.show({ color: "red", title: message, message: hint, closeButtonProps });
    },
  };
}
