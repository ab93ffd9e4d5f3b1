/** The script that the fake's runs show. */
export const script = `// Brief on the mail of a day. What others wrote stays quoted.
const { since, until, label } = params.day
const found = await mail.search("", { since, until, limit: 200 })
const mails = found.filter(m => !m.mine)

const line = m => ({ text: t\`\${m.from.name}: \${m.subject}\`, about: m, when: m.received })
const summarised = async m => ({ ...line(m), detail: await read.summarize(await mail.body(m), { sentences: 2 }) })

const answer = mails.filter(m => m.needsAnswer && !m.answered)
const rest = mails.filter(m => !answer.includes(m))
const sections = [
  { title: "Needs your answer", items: await Promise.all(answer.map(summarised)) },
  { title: "The rest", items: rest.map(line) },
].filter(s => s.items.length > 0)

const summary = \`\${mails.length} mails, \${answer.length} to answer.\`
const made = await report.create({ title: t\`Mail briefing: \${label}\`, summary, sections })
await notify.user("Mail briefing", summary)
return made.text
`;
