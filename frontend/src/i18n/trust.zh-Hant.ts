import type { trustEn } from "./trust.en";

/** The same keys with any text. */
type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

export const trustZhHant: Same<typeof trustEn> = {
  approvals: {
    none: "沒有等你決定的事", none_text: "執行中若有不能自行寄出、刪除或更動的東西，會在發生之前完整顯示在這裡。",
    open: "打開來看", rows_one: "{{count}} 個項目", rows_other: "{{count}} 個項目", others: "其他也在等你",
  },
  sheet: {
    label: "等你決定的內容", title: "核准後會發生這些事", title_question: "繼續之前要先問你", asked: "你的要求：", by_automation: "自動化的要求：", expires: "請在這之前回覆：", to_run: "執行紀錄", to_automation: "所屬的自動化",
    changed: "內容在這期間變動了", changed_text: "有人在別處修改或回覆過。以下是目前的內容，回覆之前請再看一次。",
    elsewhere: "已在別處回覆，或已過期限。這裡沒有要做的事了。", warned_one: "請仔細看 {{count}} 位收件者", warned_other: "請仔細看 {{count}} 位收件者", warned_text: "原因寫在下方各個地址旁邊。",
    approved_one: "已核准 {{count}} 項，正在進行。", approved_other: "已核准 {{count}} 項，正在進行。", denied_one: "已拒絕 {{count}} 項，不會執行。", denied_other: "已拒絕 {{count}} 項，不會執行。", stopped: "已拒絕，執行也停止了。",
    group_mail_one: "要寄出 {{count}} 封郵件", group_mail_other: "要寄出 {{count}} 封郵件", group_question_one: "有 {{count}} 個問題要問你", group_question_other: "有 {{count}} 個問題要問你", group_other_one: "{{name}}：{{count}} 項", group_other_other: "{{name}}：{{count}} 項",
    row: "步驟 {{step}}：{{name}}", tick: "包含「{{name}}」", ticked: "要做", unticked: "不要做", edited: "你改過", why: "為什麼要問你：", payload: "實際執行的完整內容", others: "這是別人寫的",
    edit: "修改", edit_field: "修改：{{name}}", edit_people: "每行一個地址。", edit_text: "儲存後就算是你自己的話。", edit_left_one: "已略去 {{count}} 個看不見的字元。", edit_left_other: "已略去 {{count}} 個看不見的字元。", save: "儲存",
    empty: "（空白）", whole_one: "{{number}} 個字元，完整顯示", whole_other: "{{number}} 個字元，完整顯示", me: "你自己", known: "你認識", new: "不認識", your_answer: "你的回答",
  },
  answer: {
    send: "寄出", sendAll: "寄出全部 {{all}} 封", sendSome: "寄出 {{all}} 封中的 {{part}} 封", answer: "回答", answerAll: "回答全部 {{all}} 題", answerSome: "回答 {{all}} 題中的 {{part}} 題", approve: "核准", approveAll: "核准全部 {{all}} 項", approveSome: "核准 {{all}} 項中的 {{part}} 項",
    deny: "拒絕", denyAll: "拒絕全部 {{all}} 項", stop: "拒絕並停止執行", once: "只會照這份內容執行一次。編號", grants_one: "同時給了 {{count}} 項暫時的許可，內容在上方，之後可在「信任」頁查看。", grants_other: "同時給了 {{count}} 項暫時的許可，內容在上方，之後可在「信任」頁查看。",
  },
  offer: {
    title: "也讓這項自動化之後照樣做", text: "之後不再詢問，但只限這件事：同一份腳本、同一項能力，不會有別的對象。你隨時可以收回。", what: "內容：", to: "只給：", hosts: "主機：", allow: "允許", until: "到哪一天", uses: "最多幾次",
  },
  field: {
    to: "收件者", cc: "副本", bcc: "密件副本", subject: "主旨", body: "內文", text: "文字", note: "附言", from: "寄件者", title: "標題", url: "網址", question: "問題", when: "時間", time: "時間", items: "項目", mails: "郵件", attachments: "附件", answers: "回覆的郵件", references: "討論串", mail: "郵件", address: "地址", name: "名稱", day: "日期", script: "腳本", all: "全部回覆",
  },
  effect: { read: "讀取", local: "只在這台電腦", "remote-reversible": "更動別處的東西", egress: "離開這台電腦", send: "寄出", delete: "刪除", exec: "啟動程式", spend: "花費金錢", standing: "影響之後的執行" },
  source: { host: "由 Steward 提供", typed: "你輸入的", listed: "固定的選項", script: "腳本寫的", content: "由別人的文字決定" },
  origin: { mail: "來自郵件：", file: "來自檔案", page: "來自網頁", account: "來自帳號", mailbox: "來自搜尋你的所有郵件", contacts: "來自你的聯絡人", model: "來自模型", mcp: "來自工具伺服器", unknown: "來自外部", own: "沒有別人的文字" },
  warning: {
    "not-a-reader": "到目前為止，這個人看不到這些內容。", unknown: "你從沒寄信到這個地址。", "look-alike": "看起來像 {{like}}，其實是另一個。", "mixed-scripts": "混用了不同文字系統中長得很像的字母。",
    "name-is-address": "名稱寫得像另一個地址。", invented: "沒有人提供過這個地址，是腳本自己編的。",
  },
  reason: {
    read: "只是讀取。", local: "只更動你在這台電腦上看到的東西。", self: "寄到你自己的地址。", reversible: "會更動別處的東西。", reversibleMany: "一次更動很多東西。", reversibleKnown: "涉及你認識的人的東西。", reversibleAudience: "會讓原本無關的人看到。", reversibleSource: "依據的是你不認識的人寫的內容。", reversibleKind: "不屬於可以不問就做的更動。",
    egress: "有東西會離開這台電腦。", egressPrivate: "先前讀過私人的內容，或正帶著它。", egressAuthor: "寫這個連結的人會知道有人點開。", egressElsewhere: "這個連結通往的不是寫它的人，而點開哪一個，可能會讓對方得知讀過的內容。", egressAgain: "你輸入的網址，每次執行只能不問一次，而這不是第一次。", egressHidden: "這個連結放在讀的人看不到的地方。",
    send: "會把事情告訴別人。", sendComposed: "為別人寫的文字，一律先給你看。", sendUnsubscribe: "會取消訂閱，並讓寄件者知道有人讀了郵件。", delete: "會刪除東西。", exec: "會啟動程式。", spend: "會花錢。", standing: "會改變之後執行的方式。", undeclared: "它的作用沒有宣告。", deniedNever: "這件事一律不能做。",
    influence: "外部的內容影響了腳本的做法。", revealed: "腳本讀過外部的文字。", outside: "帶有別人寫的文字。", readers: "有收件者原本看不到這些內容。", controlScript: "要送到哪裡，是腳本自己決定的。", controlContent: "要送到哪裡，是外部的文字決定的。", noAim: "不知道誰會得知。",
    modeCareful: "「謹慎」模式在這裡會詢問。", modeLocked: "「鎖定」模式不讓任何東西離開。", rule: "你的規則這樣規定。", grant: "你曾允許這件事一段時間。", role: "它的代理沒有這項能力。",
  },
  trust: {
    parts: "本頁的各部分", alerts: "警示", left: "送出紀錄", ledger: "帳本", rules: "規則", grants: "許可", since: "自 {{time}} 起", dismiss: "收起", dismiss_all: "全部收起", times_one: "注意到 1 次", times_other: "注意到 {{count}} 次",
    alerts_none: "沒有要留意的事", alerts_none_text: "Steward 會在這裡說明它注意到的事：郵件裡暗藏的指令、被拒絕的連線、突然太多的動作。任何決定都不以此為準。", alerts_all: "也顯示已收起的", advice: "可以怎麼做：", put_away: "已收起", new_alert: "前往查看",
    left_title: "什麼離開了這台電腦", left_note: "Steward 建立過的每個連線，依帳本所載。", today: "今天", week: "7 天", range: "自訂期間", from: "從", until: "到", total: "送出 {{out}}，收到 {{in}}", left_none: "這段期間沒有東西離開這台電腦。", hosts: "主機", host: "主機", times: "次數", out: "送出", in: "收到", why: "原因", class: "內容", runs: "執行", refused: "已拒絕", refused_count_one: "拒絕 {{count}} 次", refused_count_other: "拒絕 {{count}} 次",
    sends: "寄出的郵件", send_to: "收件者", receipt: "收據", when: "時間", no_sends: "沒有寄出任何東西。",
    ledger_title: "帳本", ledger_note: "每個決定、核准與連線都有一列，每列都與前一列相扣。只要更動或抽掉任何一列，就會露出破綻。", verify: "立即驗證", verified_one: "{{count}} 列都正確。", verified_other: "{{count}} 列都正確。", broken: "帳本有問題", broken_at: "第一個有問題的是第 {{row}} 列。", export: "匯出成檔案", export_note: "所有資料列，以及在別處驗證所需的內容。會要求你輸入通行密語。", exported: "已儲存。",
    latest: "最近的資料列", row_kind: "類型",
    mode: "嚴格程度", mode_note: "不論哪種模式都保有底線：底線拒絕或要問的，都不會放寬。", mode_careful: "謹慎", mode_careful_text: "凡是離開這台電腦，或更動別處的東西，都先問你。", mode_balanced: "均衡", mode_balanced_text: "底線確定沒問題就不打擾，不確定才問一次。", mode_locked: "鎖定", mode_locked_text: "不論誰要求，都不讓任何東西離開這台電腦，也不更動別處的東西。",
    rules_title: "你的規則", rules_note: "以 Cedar 撰寫，只能收緊。想放寬底線的 permit 不會有作用。", save_rules: "儲存規則", saved: "已儲存。", undo: "復原修改", at_line: "第 {{line}} 行", no_effect: "沒有作用", problem: "問題", rules_fine: "沒有問題。", rules_label: "Cedar 規則",
    agents: "哪個代理能做什麼", grants_title: "暫時的許可", grants_note: "自動化不必詢問就能做的事，與你當時在畫面上允許的完全相同。", grants_none: "沒有暫時的許可", grants_none_text: "回覆自動化的詢問時，可以一併給予。", revoke: "收回", revoke_title: "要收回這項許可嗎？", revoke_text: "從現在起，這項自動化會再次詢問。", used: "共 {{uses}} 次，已用 {{used}} 次", until_time: "到期：", ended: "已結束", revoked: "已收回", open: "有效", to: "給 {{list}}",
  },
  alert: {
    injection: "外部的文字裡暗藏指令", egress: "一個連線被拒絕", denied: "腳本想做不被允許的事", burst: "短時間內動作異常地多", changed: "一項能力的說明變了", ledger: "帳本有問題", access: "多次有人試圖進入但失敗",
    injection_advice: "沒有任何東西會照做。看看那封郵件，別輕信它的要求。", egress_advice: "如果出乎你的意料，請查看那次執行。", denied_advice: "請查看那次執行。如果真的需要，用你自己的話再要求一次。", burst_advice: "請查看那次執行，如果不是你要的，就停止它。", changed_advice: "再次使用之前，先看看哪裡變了。", ledger_advice: "請驗證帳本，並與備份比對。", access_advice: "如果不是你，請更改通行密語。",
  },
  fact: { host: "主機", capability: "能力", agent: "代理", why: "原因", rule: "規則", effects: "十分鐘內的動作", usual: "過去一週最多", problem: "問題", row: "資料列", via: "途徑", attempts: "嘗試次數", sign: "跡象" },
  sign: { order: "對助理說話，並下達指令", override: "聲稱先前的指示不再算數", role: "寫得像是系統發出的訊息", hidden: "含有沒人看得見的字元" },
  change: {
    withoutInfluence: "如果外部的內容沒有影響腳本的做法。", withoutReveal: "如果腳本沒有讀過原文。", withoutPrivate: "如果沒有讀過、也沒有帶著私人的內容。", withoutPayload: "如果沒有帶著外部的內容。", typed: "如果要送到哪裡是你逐字輸入的，或由 Steward 提供。", first: "如果這是這次要求中的第一次。", fewer: "如果一次涉及的東西少一點。",
    strangersOnly: "如果其中沒有你認識的人的東西。", knownSources: "如果它的來源都是你認識的人。", toSelf: "如果只寄到你自己的地址。", toThread: "如果只給對話中的人，而且他們原本就看得到所讀的一切。", authorKnows: "如果作者的身分經過證實、可以知道所讀的一切，而且連結通往作者自己的網站。", morePrivate: "如果讀過私人的內容。", moreReveal: "如果腳本讀過原文。", morePeople: "如果還送給別人。",
    moreBefore: "如果這次要求已經做過二十次。", scriptChose: "如果要送到哪裡是腳本寫的。", modeBalanced: "如果模式是「均衡」。", modeCareful: "如果模式是「謹慎」。", modeLocked: "如果模式是「鎖定」。", noRoles: "如果代理可以使用這項能力。", grant: "如果你給過這項自動化剛好這件事的許可。", automation: "如果由自動化來做，而且有剛好這件事的許可。",
  },
  why: {
    title: "為什麼這樣決定", layer_floor: "底線", layer_mode: "模式", layer_rules: "你的規則", layer_grants: "許可", layer_roles: "代理的職責", silent: "沒有意見", changes: "怎樣會改變結果", none: "都不會，這是由底線決定的。", becomes: "會變成：{{verdict}}", decided: "由此決定",
  },
  lock: {
    title: "Steward 已鎖定", text: "它仍在工作。要查看內容，請先確認身分。", passphrase: "通行密語", code: "第二因素的驗證碼", code_text: "驗證器上的六位數字。", unlock: "解鎖", now: "立即鎖定", elevate: "請再次確認身分", elevate_text: "這會更動規則、顯示金鑰或把資料帶出去。", confirm: "繼續",
    settings: "鎖定", settings_note: "你離開時鎖住這個視窗，Steward 會在背後繼續工作。", set: "設定通行密語", change: "更改", old: "目前的通行密語", new: "新的通行密語", again: "再輸入一次", save: "儲存", short: "至少 {{count}} 個字元", differs: "兩次輸入的內容不同", idle: "閒置幾分鐘後鎖定", idle_text: "0 表示不自動鎖定。", on: "已設定通行密語。", off: "尚未設定通行密語，坐在這裡的人都能使用 Steward。", saved: "已儲存。", off_now: "移除通行密語", enter: "進入前還需要一樣東西", enter_text: "這個 Steward 也要求第二因素的驗證碼。",
    factor: "第二因素", factor_on: "已設定第二因素，也會要求輸入驗證碼。", factor_off: "尚未設定。設定後，也會要求輸入驗證器上的驗證碼。", begin: "開始設定", remove: "移除", remove_title: "要移除第二因素嗎？", remove_text: "之後只需要通行密語。", scan: "用驗證器掃描，或手動輸入密鑰。", secret: "密鑰", qr: "第二因素的 QR 碼", finish: "確認", digits: "驗證器目前顯示的驗證碼",
  },
  accounts: {
    title: "郵件帳號", note: "Steward 用這些帳號寄信。密碼存放在保險庫裡，不會再顯示出來。", none: "還沒有帳號，無法寄出任何東西。", add: "新增帳號", name: "名稱", name_text: "你怎麼稱呼它，例如「家裡」。", address: "你的地址", smtp: "伺服器與連接埠", user: "使用者名稱", password: "密碼", tls: "加密方式", tls_tls: "TLS", tls_starttls: "STARTTLS", tls_none: "不加密（僅限本機）", save: "新增", test: "測試", works: "有回應。", remove: "移除", remove_title: "要移除「{{name}}」嗎？", remove_text: "密碼會從保險庫移除。已寄出的郵件不受影響。",
  },
};
