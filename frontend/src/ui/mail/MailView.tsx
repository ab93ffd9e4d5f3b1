import { Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconEyeOff, IconPaperclip, IconShieldCheck, IconShieldQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { MailDetail } from "@/lib/backend";
import { address, bytes } from "@/lib/format";
import { useCall } from "@/lib/hooks";
import { ErrorNote, WarnNote } from "../Note";
import { visible } from "../Quoted";
import { Tag } from "../Tag";
import { Time } from "../Time";
import classes from "./MailView.module.css";

const longest = 200_000; // letters shown at first: a mail of 5 MB must not stop the window

/** One mail for reading: text only, marked as somebody else's words. */
export function MailView({ id, level = 2 }: { id: string; level?: 1 | 2 }) {
  const { data, error, reload } = useCall("Mail/Show", { id });
  if (error && !data) return <ErrorNote error={error} onRetry={reload} />;
  if (!data) {
    return (
      <Stack gap="xs">
        <Skeleton height={26} width="70%" />
        <Skeleton height={14} width="45%" />
        <Skeleton height={220} mt="md" />
      </Stack>
    );
  }
  return <Loaded mail={data} level={level} />;
}

function Loaded({ mail, level }: { mail: MailDetail; level: 1 | 2 }) {
  const { t, i18n } = useTranslation();
  const from = address(mail.from);
  const cut = mail.text.length > longest;
  return (
    <article className={classes.mail} data-testid="mail">
      <Title order={level} size="h3" className={classes.subject}>{visible(mail.subject) || t("mail.no_subject")}</Title>
      <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap" mt={8}>
        <div className={classes.people}>
          <Group gap={8}>
            <Text fw={600} component="span">{visible(from.name)}</Text>
            {mail.verified ? (
              <Tag tone="good" icon={<IconShieldCheck size={13} aria-hidden />}>{t("mail.verified")}</Tag>
            ) : (
              <Tag tone="warn" icon={<IconShieldQuestion size={13} aria-hidden />}>{t("mail.unverified")}</Tag>
            )}
            <Tag>{t(`kind.${mail.kind}`)}</Tag>
          </Group>
          {from.address !== from.name && <Text size="sm" c="dimmed">{visible(from.address)}</Text>}
          <Text size="sm" c="dimmed">{t("mail.to_list", { list: mail.to.map(visible).join(i18n.language === "zh-Hant" ? "、" : ", ") })}</Text>
          {mail.cc.length > 0 && <Text size="sm" c="dimmed">{t("mail.cc_list", { list: mail.cc.map(visible).join(", ") })}</Text>}
        </div>
        <Text size="sm" c="dimmed" component="span" className={classes.when}><Time value={mail.received} form="full" /></Text>
      </Group>
      {(mail.problems.length > 0 || mail.hidden > 0) && (
        <Stack gap={6} mt="sm">
          {mail.problems.length > 0 && <WarnNote title={t("mail.problems")}>{mail.problems.map((p, i) => <Text key={i} size="sm">{visible(p)}</Text>)}</WarnNote>}
          {mail.hidden > 0 && (
            <Text size="sm" className={classes.hidden}><IconEyeOff size={15} aria-hidden /> {t("mail.hidden", { count: mail.hidden })}</Text>
          )}
        </Stack>
      )}
      <figure className={classes.words}>
        <figcaption>{t("mail.their_words")}</figcaption>
        <blockquote data-quoted>{visible(cut ? mail.text.slice(0, longest) : mail.text) || t("mail.no_text")}</blockquote>
        {cut && <Text size="sm" c="dimmed">{t("mail.cut", { size: bytes(mail.text.length) })}</Text>}
      </figure>
      {mail.attachments.length > 0 && (
        <section>
          <Text size="sm" fw={600}>{t("mail.attachments", { count: mail.attachments.length })}</Text>
          <ul className={classes.files}>
            {mail.attachments.map((file, i) => (
              <li key={i}><IconPaperclip size={15} aria-hidden /> <span className={classes.file}>{visible(file.name)}</span> <span className={classes.size}>{file.type} · {bytes(file.size)}</span></li>
            ))}
          </ul>
        </section>
      )}
    </article>
  );
}
