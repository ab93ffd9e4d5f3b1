import type { en } from "./en";

/** The same keys with any text. */
type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const zhHant: Same<typeof en> = {
  loading: "載入中", retry: "再試一次", close: "關閉", cancel: "取消", next: "下一步", back: "上一步", yes: "是", no: "否",
  nav: { chat: "對話", approvals: "等你決定", mail: "郵件", reports: "報告", automations: "自動化", runs: "執行紀錄", trust: "信任", settings: "設定", count: "{{count}} 則新的" },
  shell: { skip: "跳到主要內容", nav: "主選單", away: "Steward 沒有回應。正在重新連線，接上後本頁會自動繼續。若它已經結束，請重新啟動，再開啟新的連結。" },
  palette: {
    open: "指令面板", button: "搜尋", placeholder: "要去哪裡，或要做什麼？", nothing: "沒有符合的項目", go: "前往「{{place}}」", ask: "提出要求：{{text}}", find: "搜尋郵件：{{text}}",
    unread: "未讀郵件", import: "匯入郵件", theme: "外觀：{{theme}}", lock: "立即鎖定",
  },
  keys: { title: "鍵盤快速鍵", field: "移到輸入框或搜尋框", list: "在清單中移動", send: "送出要求", line: "在要求中換行", close: "關閉開啟的視窗" },
  theme: { auto: "跟隨系統", light: "淺色", dark: "深色" },
  error: {
    invalid: "這樣無法執行", not_found: "找不到", denied: "已拒絕", limit: "已達上限", script: "腳本執行失敗", unsupported: "Steward 做不到這件事",
    unavailable: "外部服務沒有回應", conflict: "內容在這期間已變動", damaged: "儲存的資料有誤", locked: "已鎖上", newer: "由較新版的 Steward 建立",
    disk_full: "磁碟空間不足", non_deterministic: "這次執行無法繼續", gone: "原本固定的內容已不存在", unknown: "無法確定是否已執行", cancelled: "已停止",
    internal: "Steward 內部發生錯誤", unreachable: "Steward 沒有回應", session: "這個連結已失效",
    unreachable_text: "程式可能正在啟動，或已經停止。本頁會自動重試。",
    session_text: "Steward 已不認得這個視窗。請開啟 `steward serve` 最近一次顯示的連結。",
  },
  start: {
    step: "第 {{step}} 步，共 {{steps}} 步", welcome: "歡迎", language: "語言",
    welcome_text: "Steward 在這台電腦上閱讀你的郵件，照你的要求做事，並讓你看到它做了什麼。要使用哪種語言？",
  },
  vault: {
    title: "用什麼開啟保險庫？", text: "Steward 保存的一切都經過加密，由一把金鑰開啟。這把金鑰放在哪裡，由你決定。",
    os: "系統的鑰匙圈", os_text: "登入電腦後會自動開啟。能使用你這個帳號的人，就能開啟 Steward。", os_none: "這個系統沒有可用的鑰匙圈。",
    file: "通行密語", file_text: "每次啟動 Steward 時輸入。沒有它，誰都讀不到你的資料，也沒有人能重設。",
    passphrase: "通行密語", passphrase_text: "幾個詞連在一起，比一個奇怪的字串好記。", again: "再輸入一次",
    short: "至少 {{count}} 個字元", differs: "兩次輸入的內容不同", where: "資料存放在 {{home}}", make: "建立保險庫",
  },
  recovery: {
    title: "你的復原碼", text: "鑰匙圈或通行密語遺失時，可以用它開啟保險庫。只會顯示這一次。", copy: "複製", copied: "已複製",
    warn: "請寫在紙上，或存進密碼管理員。沒有它、也沒有金鑰，任何人都讀不到這些資料，我們也不行。", written: "我已經抄下來了",
  },
  mailbox: {
    title: "帶入一個信箱", text: "Steward 使用的是這台電腦上的副本，原本的檔案不會變動。", sample: "先用範例信箱試試",
    sample_text: "虛構的中英文郵件，讓你看看怎麼運作。", files: "從檔案匯入",
    files_text: "mbox、.eml，或 Google 匯出的 Takeout .zip", later: "稍後再說", go: "開始使用 Steward",
  },
  import: {
    title: "匯入郵件", drop: "把檔案拖放到這裡，或", pick: "選擇檔案", kinds: "mbox、.eml、Takeout .zip", busy: "正在匯入", sending: "正在傳送檔案", read_one: "已讀取 {{count}} 封", read_other: "已讀取 {{count}} 封",
    nothing: "裡面沒有郵件", done_one: "已匯入 {{count}} 封郵件", done_other: "已匯入 {{count}} 封郵件", duplicates_one: "{{count}} 封原本就有了", duplicates_other: "{{count}} 封原本就有了",
    damaged_one: "{{count}} 封有損壞，已照原樣匯入", damaged_other: "{{count}} 封有損壞，已照原樣匯入", left_one: "{{count}} 封無法匯入", left_other: "{{count}} 封無法匯入",
  },
  unlock: { title: "Steward 已鎖上", file: "輸入通行密語，開啟這台電腦上的保險庫。", os: "金鑰在系統的鑰匙圈裡。請先解鎖鑰匙圈，再試一次。", passphrase: "通行密語", open: "解鎖" },
  chat: {
    log: "要求與回覆", earlier: "顯示較早的內容", you: "你的要求", answer: "回覆", placeholder: "輸入你的要求", request: "要求", send: "送出", show_report: "顯示它的報告",
    empty: "需要我做什麼？", empty_text: "用你自己的話說就好。腳本和每個步驟都看得到；沒有你的同意，任何東西都不會離開這台電腦。",
    try_brief: "整理今天的郵件", try_brief_text: "要回覆的、有日期的、款項與其他", try_find: "找關於發票的郵件", try_find_text: "搜尋這台電腦上的所有郵件",
    try_thread: "摘要關於漏水的討論", try_thread_text: "誰說了什麼，還有什麼沒解決",
  },
  run: {
    stop: "停止", offline: "未使用模型", unverified: "未經證實", unverified_why: "它結束時沒有留下收據，使用結果之前請先確認。", steps_one: "{{count}} 個步驟，其中 {{changes}} 個有作用", steps_other: "{{count}} 個步驟，其中 {{changes}} 個有作用", script: "腳本（{{skill}}）", own: "自行撰寫", script_label: "腳本", logs_one: "{{count}} 行紀錄", logs_other: "{{count}} 行紀錄",
  },
  state: { queued: "排隊中", running: "執行中", waiting: "等待中", paused: "已暫停", done: "完成", failed: "失敗", cancelled: "已停止", due: "到期", missed: "錯過" },
  step: { intent: "進行中", staged: "等待你決定", done: "完成", failed: "失敗", unknown: "不明", receipt: "收據：{{kind}} {{id}}", why: "為什麼？", why_of: "為什麼：{{capability}}" },
  verdict: { allow: "允許", ask: "詢問", deny: "拒絕" },
  propose: {
    title: "新的自動化", added: "已加入自動化", pinned: "固定使用腳本 {{hash}}", add: "加入自動化", no: "不用了", see: "到「自動化」查看",
    unclear: "看不懂這個時間安排",
  },
  schedule: { daily: "每天", weekdays: "每個工作日", and: "、", at: "{{days}} {{time}}（{{zone}}）", next: "接下來：{{times}}" },
  day: { mon: "週一", tue: "週二", wed: "週三", thu: "週四", fri: "週五", sat: "週六", sun: "週日" },
  report: {
    one: "報告", nothing: "沒有", open_mail: "開啟郵件", save: "儲存", html: "存成 HTML", markdown: "存成 Markdown", choose: "選擇報告",
    none: "還沒有報告", none_text: "在對話中要求整理郵件，結果會保存在這裡。", to_chat: "前往對話", to_run: "執行紀錄",
  },
  mail: {
    one: "郵件", search: "搜尋郵件", placeholder: "關鍵字、from:、is:unread…", help: "搜尋語法", count_one: "{{count}} 封郵件", count_other: "{{count}} 封郵件", list: "郵件清單",
    no_subject: "（無主旨）", verified: "寄件者已驗證", unverified: "寄件者未經驗證", to_list: "收件者：{{list}}", cc_list: "副本：{{list}}", problems: "這封郵件有問題",
    hidden_one: "它藏了 {{count}} 個看不見的字元，這裡已略去。", hidden_other: "它藏了 {{count}} 個看不見的字元，這裡已略去。",
    their_words: "以下是寄件者的文字，只以純文字顯示", no_text: "（沒有文字）", cut: "只顯示開頭；全文共 {{size}}。", attachments_one: "{{count}} 個附件", attachments_other: "{{count}} 個附件",
    none: "還沒有郵件", none_text: "匯入檔案，或先用範例信箱試試。", nothing: "找不到符合的郵件", nothing_text: "試著減少關鍵字，或看看搜尋語法。", pick: "選一封郵件來閱讀", unread: "未讀", import: "匯入", sample: "範例信箱",
    back: "回到清單",
  },
  kind: { personal: "個人", newsletter: "電子報", notification: "通知", invitation: "邀請", invoice: "帳單", receipt: "收據" },
  operators: {
    words: "包含所有字詞", phrase: "完全相符", not: "不含這個詞", or: "其中之一", from: "依寄件者", to: "依收件者", subject: "主旨含有", attachment: "有附件",
    unread: "未讀；另有 read、starred、sent", kind: "依類型", newer: "最近 30 天", between: "兩個日期之間",
  },
  automations: {
    none: "還沒有自動化", none_text: "在對話中得到回覆後，輸入之後要在什麼時候再做，例如「每個工作日早上八點」。", last: "上次：", never: "還沒執行過", overdue_one: "Steward 未執行時，錯過了 {{count}} 次。", overdue_other: "Steward 未執行時，錯過了 {{count}} 次。", paused: "已暫停", active: "啟用中",
    pause: "暫停", resume: "繼續", run: "立即執行", remove: "移除", remove_title: "要移除這項自動化嗎？", remove_text: "移除後不會再執行。已產生的報告會保留。", history: "歷史紀錄", history_none: "還沒到過執行時間。",
    started: "開始", details: "更多動作", due: "到期時間", outcome: "結果", note: "備註", its_run: "執行紀錄",
  },
  runs: { none: "沒有執行紀錄", none_text: "每個要求、匯入與自動化都會出現在這裡。", filter: "狀態", all: "全部", request: "要求", state: "狀態", began: "開始時間", took: "耗時", by: "類型", kind_ask: "要求", kind_import: "匯入", kind_script: "腳本", kind_automation: "自動化", back: "所有執行紀錄", result: "產生的報告" },
  settings: {
    general: "一般", language: "語言", theme: "外觀", models: "模型", models_note: "沒有模型也能使用 Steward。連接模型後，沒有技能可用的要求就由它撰寫腳本。",
    models_none: "尚未連接模型。", models_how: "請在終端機連接：", used: "使用中", test: "測試", works: "有回應。", agents: "代理與技能", agents_note: "誰能做什麼，有什麼作用。", skills: "技能", example: "例如：「{{text}}」",
    data: "資料存放在哪裡", data_where: "全部都在 {{home}}。", data_kind: "項目", data_holds: "內容", data_kept: "保存期限", data_sealed: "已加密", doctor: "健康狀態", doctor_ok: "一切正常。", doctor_bad: "有項目需要留意。", about: "關於", version: "版本 {{version}}", capabilities_one: "{{count}} 項能力", capabilities_other: "{{count}} 項能力",
  },
};
