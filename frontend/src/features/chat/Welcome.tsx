import { ThreadPrimitive } from "@assistant-ui/react";
import { Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Chat.module.css";

/** An empty chat: what Steward is for, and a few things to begin with. */
export function Welcome() {
  const { t } = useTranslation();
  const all = [
    [t("chat.try_brief"), t("chat.try_brief_text")],
    [t("chat.try_find"), t("chat.try_find_text")],
    [t("chat.try_thread"), t("chat.try_thread_text")],
  ] as const;
  return (
    <div className={classes.welcome}>
      <Title order={2} size="h2">{t("chat.empty")}</Title>
      <Text c="dimmed" mt={6}>{t("chat.empty_text")}</Text>
      <div className={classes.suggestions}>
        {all.map(([prompt, text]) => (
          <ThreadPrimitive.Suggestion key={prompt} prompt={prompt} send className={classes.suggestion ?? ""}>
            {prompt}
            <small>{text}</small>
          </ThreadPrimitive.Suggestion>
        ))}
      </div>
    </div>
  );
}
