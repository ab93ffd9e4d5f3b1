# Writes an mbox of N messages of about 400 words, like those of a busy mailbox: awk -v N=1000 -f mbox.awk
# Always the same for the same N: the words come from a generator of our own. "zanzibar" stands in every 500th message.
function next_random() { seed = (seed * 16807) % 2147483647; return seed }
# Few words are common and most are rare, out of 20,000, as in a language.
function word(  k) {
	k = int((next_random() / 2147483647) ^ 3 * 20000)
	return words[1 + k % count] (k < count ? "" : int(k / count))
}
function two(n) { return sprintf("%02d", n) }
BEGIN {
	seed = 20261124
	count = split("meeting invoice report project plan budget travel hotel contract review draft version change customer order delivery address question answer morning afternoon week month team office museum panel caption colour paper proof lighting floor entrance visitor ticket price payment account transfer bank insurance doctor school teacher parent child birthday dinner lunch coffee train flight station platform garden kitchen window repair painter plumber water electricity heating internet phone camera picture album letter parcel book chapter author library music concert theatre film actor language lesson course exam result 會議 簡報 合約 發票 專案 行程 旅館 付款 客戶 回覆 問題 郵件 報告 下週 明天 謝謝", words, " ")
	split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", months, " ")
	for (n = 1; n <= N; n++) {
		day = 1 + n % 28; month = 1 + int(n / 28) % 12; year = 2024 + int(n / 4000) % 3
		hour = next_random() % 24; minute = next_random() % 60
		date = two(day) " " months[month] " " year " " two(hour) ":" two(minute) ":00 +0800"
		who = 1 + next_random() % 400
		print "From sender" who "@mail.example Thu Jan  1 00:00:00 " year
		print "Return-Path: <sender" who "@mail.example>"
		print "Received: from mx.mail.example by inbox.example with ESMTPS id a" n "; " date
		print "Authentication-Results: inbox.example; spf=pass smtp.mailfrom=mail.example; dkim=pass header.d=mail.example; dmarc=pass"
		print "From: Sender " who " <sender" who "@mail.example>"
		print "To: Sam Lin <sam@lin.example>"
		print "Delivered-To: sam@lin.example"
		print "Subject: " (n % 3 ? "" : "Re: ") word() " " word() " " word() " " n
		print "Date: " date
		print "Message-ID: <m" n "@mail.example>"
		if (n % 3 == 0) print "In-Reply-To: <m" (n - 1) "@mail.example>"
		if (n % 5 == 0) print "List-Id: <list" (n % 40) ".mail.example>\nList-Unsubscribe: <https://mail.example/u/" n ">"
		print "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
		print "Dear Sam,\n"
		if (n % 500 == 0) print "The word for this one is zanzibar.\n"
		lines = 5 + next_random() % 50
		for (line = 0; line < lines; line++) {
			text = word()
			for (i = 0; i < 12; i++) text = text " " word()
			print text (line % 6 == 5 ? ".\n" : "")
		}
		print "\nRegards,\nSender " who "\n"
	}
}
