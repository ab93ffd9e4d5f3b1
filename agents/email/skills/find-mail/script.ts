// Find mail by the user's own words, and list it.
const zh = params.lang === "zh-Hant"
const options: any = { limit: 50 }
if (params.day) { options.since = params.day.since; options.until = params.day.until }

if (params.person) {
  const person = await contacts.find(params.person)
  if (!person) return zh ? `找不到叫「${params.person}」的人。` : `Nobody called “${params.person}” was found in your mail.`
  options.from = person
}
const mails = await mail.search(params.query ?? "", options)
if (!mails.length) return zh ? "沒有找到。" : "Nothing found."

const made = await report.create({
  title: zh ? `搜尋結果：${params.query ?? params.person}` : `Found: ${params.query ?? params.person}`,
  summary: zh ? `共 ${mails.length} 封，最新的在前。` : `${mails.length} mails, newest first.`,
  lang: zh ? "zh-Hant" : "en",
  sections: [{ title: zh ? "郵件" : "Mails", items: mails.map(m => ({ text: t`${m.from.name}: ${m.subject}`, about: m, when: m.received })) }],
})
return made.text
