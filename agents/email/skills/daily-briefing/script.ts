// Brief on the mail of some days: what needs an answer, what has a date, money, newsletters, the rest. Each item names its
// mail; what others wrote stays quoted.
const zh = params.lang === "zh-Hant"
const say = zh
  ? { title: "郵件簡報", answer: "需要你回覆", dated: "有日期的", money: "款項", news: "電子報與通知", rest: "其他",
      due: "期限", amount: "金額", starts: "時間", none: "這段時間沒有郵件。", unverified: "寄件者未經驗證", more: "只顯示最新的 200 封。" }
  : { title: "Mail briefing", answer: "Needs your answer", dated: "Has a date", money: "Money", news: "Newsletters and notifications", rest: "The rest",
      due: "due", amount: "amount", starts: "when", none: "No mail in this time.", unverified: "sender not verified", more: "Only the latest 200 are shown." }

const { since, until, label } = params.day
const found = await mail.search("", { since, until, limit: 200 })
const mails = found.filter(m => !m.mine)
const title = t`${say.title}${zh ? "：" : ": "}${label}`

const answer = mails.filter(m => m.needsAnswer && !m.answered)
const left = mails.filter(m => !answer.includes(m))
const dated = left.filter(m => m.kind === "invitation" || m.starts)
const money = left.filter(m => !dated.includes(m) && (m.kind === "invoice" || m.kind === "receipt"))
const news = left.filter(m => m.kind === "newsletter" || m.kind === "notification")
const rest = left.filter(m => !dated.includes(m) && !money.includes(m) && !news.includes(m))

const line = m => ({ text: t`${m.from.name}: ${m.subject}`, about: m, when: m.received, tag: m.from.known && !m.verified ? say.unverified : undefined })
const summarised = async m => ({ ...line(m), detail: await read.summarize(await mail.body(m), { sentences: 2 }) })
const withDate = async m => m.starts
  ? { ...line(m), detail: t`${say.starts}: ${dates.format(m.starts, "datetime")}` }
  : summarised(m)
const grouped = n => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",")
const withMoney = async m => {
  const got = await read.extract(await mail.body(m), { amount: { type: "money", about: "total" }, due: { type: "date", about: "due" } })
  const parts = []
  if (got.amount) parts.push(`${say.amount} ${got.amount.currency} ${grouped(got.amount.amount)}`)
  if (got.due) parts.push(`${say.due} ${dates.format(got.due, "date")}`)
  return { ...line(m), detail: parts.length ? join(parts, zh ? "，" : ", ") : undefined }
}

const sections = [
  { title: say.answer, items: await Promise.all(answer.map(summarised)) },
  { title: say.dated, items: await Promise.all(dated.map(withDate)) },
  { title: say.money, items: await Promise.all(money.map(withMoney)) },
  { title: say.news, items: news.map(line) },
  { title: say.rest, items: await Promise.all(rest.map(summarised)) },
].filter(s => s.items.length)

const summary = !mails.length ? say.none : zh
  ? `共 ${mails.length} 封：${answer.length} 封需要回覆，${dated.length} 封有日期，${money.length} 封與款項有關，${news.length} 封電子報與通知。`
  : `${mails.length} ${mails.length === 1 ? "mail" : "mails"}: ${answer.length} to answer, ${dated.length} with a date, ${money.length} about money, ${news.length} newsletters and notifications.`

const made = await report.create({ title, summary: found.length === 200 ? t`${summary} ${say.more}` : summary, lang: zh ? "zh-Hant" : "en", sections })
await notify.user(title, summary)
return made.text
