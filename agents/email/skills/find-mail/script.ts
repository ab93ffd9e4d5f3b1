// Find mail by the user's own words, and list it.
const zh = params.lang === "zh-Hant"
const options: any = { limit: 50 }
if (params.day) { options.since = params.day.since; options.until = params.day.until }

// A name that nobody has may simply be a word of the mail.
const person = params.person ? await contacts.find(params.person) : null
if (person) options.from = person
const words = person ? params.query : [params.person, params.query].filter(w => w).join(" ")
const asked = [params.person, params.query].filter(w => w).join(zh ? "、" : ", ")

const mails = await mail.search(words, options)
if (!mails.length) return zh ? `沒有找到「${asked}」。` : `Nothing was found for “${asked}”.`

const made = await report.create({
  title: zh ? `搜尋結果：${asked}` : `Found: ${asked}`,
  summary: zh ? `共 ${mails.length} 封，最新的在前。` : `${mails.length} ${mails.length === 1 ? "mail" : "mails"}, newest first.`,
  lang: zh ? "zh-Hant" : "en",
  sections: [{ title: zh ? "郵件" : "Mails", items: mails.map(m => ({ text: t`${m.from.name}: ${m.subject}`, about: m, when: m.received })) }],
})
return made.text
