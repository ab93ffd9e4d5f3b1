// Summarise the thread that the user's words point to: who wrote when, and what it comes to.
const zh = params.lang === "zh-Hant"
const options: any = { limit: 20 }
const person = params.person ? await contacts.find(params.person) : null
if (person) options.from = person
const words = person ? params.about : [params.person, params.about].filter(w => w).join(" ")
// All the words first; if no mail has them all, any of them.
let hits = await mail.search(words, options)
if (!hits.length && words) hits = await mail.search("", { ...options, about: words })
if (!hits.length) return zh ? `找不到與「${words}」有關的郵件。` : `No mail about “${words}” was found.`

// The thread that most of the hits belong to; the newest of them if several do.
const count = {}
for (const m of hits) count[m.threadId] = (count[m.threadId] ?? 0) + 1
const best = hits.reduce((a, m) => count[m.threadId] > count[a.threadId] ? m : a, hits[0])
const thread = await mail.thread(best)

const items = await Promise.all(thread.map(async m => ({
  text: m.from.name, about: m, when: m.received, detail: await read.summarize(await mail.body(m), { sentences: 2 }),
})))
const bodies = await Promise.all(thread.map(m => mail.body(m)))
const made = await report.create({
  title: t`${zh ? "討論串：" : "Thread: "}${best.subject}`,
  summary: await read.summarize(join(bodies, "\n\n"), { sentences: 4 }),
  lang: zh ? "zh-Hant" : "en",
  sections: [{ title: zh ? `${thread.length} 封信` : `${thread.length} mails`, items }],
})
return made.text
