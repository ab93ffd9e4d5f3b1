export const trustEn = {
  approvals: {
    none: "Nothing waits for you", none_text: "When a run wants to send, remove or change something that it may not by itself, it is shown here, all of it, before it happens.",
    open: "Look at it", rows_one: "{{count}} thing", rows_other: "{{count}} things", others: "Also waiting",
  },
  sheet: {
    label: "What waits for your word", title: "This is what would happen", title_question: "Before it goes on", asked: "You asked:", by_automation: "An automation asks:", expires: "Answer before", to_run: "Its run", to_automation: "Its automation",
    changed: "It changed meanwhile", changed_text: "Something was edited or answered in another place. This is how it stands now: look at it again before you answer.",
    elsewhere: "This was answered elsewhere, or its time ran out. Nothing is left to do here.", warned_one: "Look closely at {{count}} recipient", warned_other: "Look closely at {{count}} recipients", warned_text: "The reasons stand at their addresses below.",
    approved_one: "{{count}} approved. It is being carried out.", approved_other: "{{count}} approved. They are being carried out.", denied_one: "{{count}} denied. It will not happen.", denied_other: "{{count}} denied. They will not happen.", stopped: "Denied, and the run was stopped.",
    group_mail_one: "{{count}} mail to send", group_mail_other: "{{count}} mails to send", group_question_one: "{{count}} question to you", group_question_other: "{{count}} questions to you", group_other_one: "{{count}} × {{name}}", group_other_other: "{{count}} × {{name}}",
    row: "Step {{step}}: {{name}}", tick: "Include “{{name}}”", ticked: "Do this", unticked: "Leave this out", edited: "edited by you", why: "Why you are asked:", payload: "Payload, exactly as it is carried out", others: "somebody else wrote this",
    edit: "Edit", edit_field: "Edit: {{name}}", edit_people: "One address a line.", edit_text: "What you save counts as your own words.", edit_left_one: "{{count}} invisible character was left out.", edit_left_other: "{{count}} invisible characters were left out.", save: "Save",
    empty: "(empty)", whole_one: "{{number}} character, shown whole", whole_other: "{{number}} characters, shown whole", me: "you", known: "known to you", new: "not known", your_answer: "Your answer",
  },
  answer: {
    send: "Send it", sendAll: "Send all {{all}}", sendSome: "Send {{part}} of {{all}}", answer: "Answer", answerAll: "Answer all {{all}}", answerSome: "Answer {{part}} of {{all}}", approve: "Approve", approveAll: "Approve all {{all}}", approveSome: "Approve {{part}} of {{all}}",
    deny: "Deny", denyAll: "Deny all {{all}}", stop: "Deny and stop the run", once: "Exactly this is carried out, once. Sheet", grants_one: "You also give {{count}} standing permission: it stands above, and under Trust.", grants_other: "You also give {{count}} standing permissions: they stand above, and under Trust.",
  },
  offer: {
    title: "Also allow this automation to do exactly this again", text: "Without asking, and only this: the same script, the same capability, and nobody else. You can take it back at any time.", what: "What:", to: "To exactly:", hosts: "Hosts:", allow: "Allow it", until: "Until", uses: "At most, times",
  },
  field: {
    to: "To", cc: "Copy to", bcc: "Blind copy", subject: "Subject", body: "Text", text: "Text", note: "Note", from: "From", title: "Title", url: "Address", question: "Question", when: "When", time: "Time", items: "Items", mails: "Mails", attachments: "Attached", address: "Address", name: "Name", day: "Day", script: "Script", all: "To all",
  },
  effect: { read: "reads", local: "on this machine", "remote-reversible": "changes something elsewhere", egress: "leaves this machine", send: "sends", delete: "removes", exec: "starts a program", spend: "costs money", standing: "changes later runs" },
  source: { host: "given by Steward", typed: "you typed it", listed: "a fixed choice", script: "written by the script", content: "decided by words of others" },
  origin: { mail: "from a mail:", file: "from the file", page: "from the page", account: "from the account", model: "from the model", mcp: "from the tool server", unknown: "from outside", own: "no words of others in it" },
  warning: {
    "not-a-reader": "Was not among the people who could read this so far.", unknown: "You have never written to this address.", "look-alike": "Looks like {{like}}, and is another one.", "mixed-scripts": "Mixes letters of different alphabets that look the same.",
    "name-is-address": "Its name is written like another address.", invented: "Nobody gave this address: the script made it up.",
  },
  reason: {
    read: "It only looks.", local: "It changes only what you see on this machine.", self: "It goes to your own address.", reversible: "It changes something elsewhere.", reversibleMany: "It changes many things at once.", reversibleKnown: "It touches something of a person whom you know.", reversibleAudience: "It would show a text to somebody who was not its reader.",
    egress: "Something would leave this machine.", egressPrivate: "The script knows private things, and this would leave the machine.", egressAuthor: "Whoever wrote the link would learn that it was followed.", egressAgain: "It goes there again in the same run.", egressHidden: "Private or hidden parts may be in the address.",
    send: "Somebody would be told something.", sendComposed: "A text that was put together for others is always shown first.", delete: "Something would be removed.", exec: "A program would be started.", spend: "It would cost money.", standing: "It would change how later runs behave.", undeclared: "What it does is not declared.", deniedNever: "This must not be done at all.",
    influence: "Something from outside had a say in what the script does.", revealed: "The script has read words from outside.", outside: "It carries words of others.", readers: "A recipient could not read this so far.", controlScript: "The script itself decided where it goes.", controlContent: "Words from outside decided where it goes.", noAim: "Who would learn of it is not known.",
    modeCareful: "The mode “careful” asks here.", modeLocked: "The mode “locked” lets nothing out.", rule: "One of your rules says so.", grant: "You allowed exactly this for a while.", role: "Its agent has no such capability.",
  },
  trust: {
    parts: "Parts of this page", alerts: "Alerts", left: "What left", ledger: "Ledger", rules: "Rules", grants: "Allowed", since: "Since {{time}}", dismiss: "Put away", dismiss_all: "Put all away", times_one: "noticed once", times_other: "noticed {{count}} times",
    alerts_none: "Nothing to look at", alerts_none_text: "Steward tells here what it noticed: orders hidden in mail, refused connections, too much at once. No decision rests on it.", alerts_all: "Show those put away, too", advice: "What to do:", put_away: "put away", new_alert: "Look at it",
    left_title: "What left this machine", left_note: "Every connection that Steward made, from the ledger.", today: "Today", week: "7 days", range: "From … to", from: "From", until: "To", total: "{{out}} out, {{in}} in", left_none: "Nothing left this machine in this time.", hosts: "Hosts", host: "Host", times: "Times", out: "Out", in: "In", why: "Why", class: "What", runs: "Runs", refused: "refused", refused_count_one: "{{count}} refused", refused_count_other: "{{count}} refused",
    sends: "Sent", send_to: "To", receipt: "Receipt", when: "When", no_sends: "Nothing was sent.",
    ledger_title: "The ledger", ledger_note: "Every decision, approval and connection, each row bound to the one before. Nothing can be changed or taken out without breaking the chain.", verify: "Verify now", verified_one: "{{count}} row is in order.", verified_other: "{{count}} rows are in order.", broken: "The ledger does not check out", broken_at: "The first bad row is {{row}}.", export: "Export to a file", export_note: "All rows with what is needed to verify them elsewhere. It asks for your passphrase.", exported: "Saved.",
    latest: "The latest rows", row_kind: "Kind",
    mode: "How strict", mode_note: "Every mode keeps the floor: what is denied or asked there stays so.", mode_careful: "Careful", mode_careful_text: "Asks before anything that leaves this machine or changes something elsewhere.", mode_balanced: "Balanced", mode_balanced_text: "Silent where the floor is sure, one question where it is not.", mode_locked: "Locked", mode_locked_text: "Nothing leaves this machine and nothing elsewhere is changed, whoever asks.",
    rules_title: "Your rules", rules_note: "Written in Cedar. They can only tighten: a permit that would loosen the floor has no effect.", save_rules: "Save the rules", saved: "Saved.", undo: "Undo changes", at_line: "Line {{line}}", no_effect: "has no effect", problem: "problem", rules_fine: "No problems.", rules_label: "Rules in Cedar",
    agents: "Which agent may do what", grants_title: "Allowed for a while", grants_note: "What automations may do without asking, exactly as you allowed it on a sheet.", grants_none: "No standing permissions", grants_none_text: "You can give one with the answer to an automation's sheet.", revoke: "Take back", revoke_title: "Take this permission back?", revoke_text: "The automation will ask again from now on.", used: "{{used}} of {{uses}} times used", until_time: "until", ended: "ended", revoked: "taken back", open: "open", to: "to {{list}}",
  },
  alert: {
    injection: "Orders hidden in a text from outside", egress: "A connection was refused", denied: "A script wanted something that it may not", burst: "Unusually much at once", changed: "A capability says something new of itself", ledger: "The ledger does not check out", access: "Many wrong attempts to come in",
    injection_advice: "Nothing obeys it. Look at the mail, and trust what it asks for less.", egress_advice: "If you did not expect it, look at the run.", denied_advice: "Look at the run: if you wanted it, ask for it in your own words.", burst_advice: "Look at the run, and stop it if you did not want it.", changed_advice: "Look at what changed before you use it again.", ledger_advice: "Verify the ledger, and compare it with a backup.", access_advice: "If it was not you, change the passphrase.",
  },
  fact: { host: "Host", capability: "Capability", mail: "Mail", count: "Number", number: "Number", why: "Why", rule: "Rule", agent: "Agent", address: "Address", from: "From" },
  why: {
    title: "Why it was decided so", layer_floor: "The floor", layer_mode: "The mode", layer_rules: "Your rules", layer_grants: "Permissions", layer_roles: "The agent's role", silent: "says nothing", changes: "What would change it", none: "Nothing would: the floor decides this.", becomes: "then: {{verdict}}", decided: "decided",
  },
  lock: {
    title: "Steward is locked", text: "It goes on working. Say who you are to look at it.", passphrase: "Passphrase", code: "Code of the second factor", code_text: "Six digits from your authenticator.", unlock: "Unlock", now: "Lock now", elevate: "Say once more who you are", elevate_text: "This changes rules, shows keys or takes data out.", confirm: "Go on",
    settings: "Lock", settings_note: "Locks this window when you are away. Steward goes on working behind it.", set: "Set a passphrase", change: "Change", old: "Passphrase until now", new: "New passphrase", again: "The same again", save: "Save", short: "{{count}} characters at least", differs: "The two are not the same", idle: "Lock after minutes without you", idle_text: "0 never locks by itself.", on: "A passphrase is set.", off: "No passphrase is set: whoever sits here can use Steward.", saved: "Saved.",
    factor: "Second factor", factor_on: "A second factor is set: its code is asked for, too.", factor_off: "None. With one, a code from your authenticator is asked for, too.", factor_needs: "Set a passphrase first.", begin: "Set up", remove: "Remove", remove_title: "Remove the second factor?", remove_text: "The passphrase alone will be enough then.", scan: "Scan this with your authenticator, or type the secret.", secret: "Secret", qr: "QR code of the second factor", finish: "Confirm", digits: "The code that it shows now",
  },
  accounts: {
    title: "Mail accounts", note: "What Steward sends mail through. Passwords go to the vault and come back from nowhere.", none: "No account yet: nothing can be sent.", add: "Add an account", name: "Name", name_text: "What you call it, such as “home”.", address: "Your address", smtp: "Server and port", user: "User", password: "Password", tls: "Encryption", tls_tls: "TLS", tls_starttls: "STARTTLS", tls_none: "none (this machine only)", save: "Add", test: "Test", works: "It answers.", remove: "Remove", remove_title: "Remove “{{name}}”?", remove_text: "Its password is removed from the vault. Mail that was sent stays sent.",
  },
};
