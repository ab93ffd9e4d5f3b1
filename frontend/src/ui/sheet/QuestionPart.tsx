import { Checkbox, Radio, Stack, Textarea } from "@mantine/core";
import "@mantine/core/styles/Radio.css";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Question, Reply } from "@/lib/backend";
import { list } from "./logic";
import { Pieces } from "./Pieces";
import classes from "./Sheet.module.css";

/** A question of the script: one choice, several, or words of the user's own. */
export function QuestionPart({ step, question, reply, onReply }: { step: number; question: Question; reply: Reply | undefined; onReply: (reply: Reply) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const chosen = reply?.chosen ?? [];
  const choices = list(question.choices);
  const choose = (next: number[]) => onReply({ step, chosen: next.sort((a, b) => a - b), text: "" });
  return (
    <div role="group" aria-labelledby={id} className={classes.question}>
      <div id={id} className={classes.asks}><Pieces pieces={question.text} /></div>
      {choices.length === 0 && <Textarea autosize minRows={2} maxRows={12} aria-labelledby={id} placeholder={t("sheet.your_answer")} value={reply?.text ?? ""} onChange={(e) => onReply({ step, chosen: [], text: e.currentTarget.value })} />}
      <Stack gap={8}>
        {choices.map((choice, i) =>
          question.many
            ? <Checkbox key={i} checked={chosen.includes(i)} onChange={(e) => choose(e.currentTarget.checked ? [...chosen, i] : chosen.filter((c) => c !== i))} label={<Pieces pieces={choice} />} />
            : <Radio key={i} name={id} checked={chosen.includes(i)} onChange={() => choose([i])} label={<Pieces pieces={choice} />} />,
        )}
      </Stack>
    </div>
  );
}
