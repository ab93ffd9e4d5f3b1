package wire_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/stewardhq/steward/agents/email/wire"
)

const (
	chinese  = "會議改到明天下午三點,請確認您是否可以參加,謝謝。地點在台北市信義路五段七號。"
	mainland = "会议改到明天下午三点,请确认您是否可以参加,谢谢。"
	japan    = "会議は明日の午後三時に変更されました。ご確認ください。"
	russian  = "Встреча перенесена на завтра, пожалуйста, подтвердите участие."
	western  = "Überraschung: das Café öffnet für Gäste später – müßig, naïve."
	korea    = "회의가 내일 오후 세 시로 변경되었습니다."
)

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatalf("encode %q: %v", text, err)
	}
	return b
}

func TestDecode(t *testing.T) {
	rare := "\u9555\u4dae\u3400 的朋友" // not in GB2312, in GB18030
	rows := []struct {
		name, charset string
		in            []byte
		want          string
	}{
		{"big5", "big5", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"x-big5", "x-big5", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"cp950", "CP950", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"gb2312", "GB2312", encoded(t, simplifiedchinese.GBK, mainland), mainland},
		{"gb2312 that holds GB18030", "gb2312", encoded(t, simplifiedchinese.GB18030, rare), rare},
		{"iso-2022-jp", "ISO-2022-JP", encoded(t, japanese.ISO2022JP, japan), japan},
		{"iso-2022-jp said to be ascii", "us-ascii", encoded(t, japanese.ISO2022JP, japan), japan},
		{"shift_jis", "Shift_JIS", encoded(t, japanese.ShiftJIS, japan), japan},
		{"euc-kr", "ks_c_5601-1987", encoded(t, korean.EUCKR, korea), korea},
		{"windows-1252", "windows-1252", encoded(t, charmap.Windows1252, western), western},
		{"latin1 that holds windows-1252", "iso-8859-1", encoded(t, charmap.Windows1252, western), western},
		{"koi8-r", "koi8-r", encoded(t, charmap.KOI8R, russian), russian},
		{"utf-7", "utf-7", []byte("Caf+AOk- +ZbBedA-"), "Café 新年"},
		{"utf-16le", "utf-16le", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), chinese), chinese},
		{"utf-8 said to be latin1", "iso-8859-1", []byte(chinese), chinese},
		{"utf-8 said to be ascii", "us-ascii", []byte(western), western},
		{"utf-8 under a name nobody knows", "x-made-up", []byte(chinese), chinese},
		{"big5 without a name", "", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"a little big5 without a name", "", encoded(t, traditionalchinese.Big5, "會議通知"), "會議通知"},
		{"gb without a name", "", encoded(t, simplifiedchinese.GBK, mainland), mainland},
		{"big5 under a name nobody knows", "x-made-up", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"russian without a name", "unknown-8bit", encoded(t, charmap.KOI8R, strings.Repeat(russian+" ", 3)), strings.Repeat(russian+" ", 3)},
		{"western without a name", "", encoded(t, charmap.Windows1252, western), western},
		{"big5 said to be utf-8", "utf-8", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"a name in a name", "charset=big5", encoded(t, traditionalchinese.Big5, chinese), chinese},
		{"a byte order mark", "utf-8", []byte("\ufeffhello"), "hello"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, exact := wire.Decode(row.in, row.charset)
			if got != row.want || !exact {
				t.Errorf("Decode = %q, %v; want %q", got, exact, row.want)
			}
		})
	}
}

func TestDecodeSaysWhatIsLost(t *testing.T) {
	got, exact := wire.Decode([]byte("語言 and more \xff end, 以及其他"), "utf-8")
	if exact || !strings.Contains(got, "and more \uFFFD end") || !strings.Contains(got, "語言") {
		t.Errorf("Decode = %q, %v", got, exact)
	}
}

func TestDecodeWords(t *testing.T) {
	big5 := string(encoded(t, traditionalchinese.Big5, "會議通知"))
	rows := []struct{ name, in, charset, want string }{
		{"plain", "Hello there", "", "Hello there"},
		{"base64", "=?UTF-8?B?5pyD6K2w?=", "", "會議"},
		{"two words join", "=?UTF-8?B?5pyD?= =?UTF-8?B?6K2w?=", "", "會議"},
		{"a character cut in two", "=?UTF-8?B?5pw=?= =?UTF-8?B?g+itsA==?=", "", "會議"},
		{"words and text", "Re: =?utf-8?q?caf=C3=A9_au_lait?= today", "", "Re: café au lait today"},
		{"quoted question mark", "=?utf-8?Q?what=3F_now?=", "", "what? now"},
		{"x-big5", "=?x-big5?B?t3zEsw==?=", "", "會議"},
		{"a language", "=?us-ascii*en?Q?hello?=", "", "hello"},
		{"blanks inside", "=?utf-8?Q?hello there?=", "", "hello there"},
		{"no padding", "=?utf-8?B?aGVsbG8?=", "", "hello"},
		{"no end", "=?utf-8?B?aGVsbG8", "", "=?utf-8?B?aGVsbG8"},
		{"an encoding that does not exist", "=?utf-8?X?abc?= x", "", "=?utf-8?X?abc?= x"},
		{"raw 8-bit in the body's charset", big5, "big5", "會議通知"},
		{"raw 8-bit, guessed", big5, "", "會議通知"},
		{"raw utf-8", "會議通知", "big5", "會議通知"},
		{"not words", "a =? b ?= c", "", "a =? b ?= c"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := wire.DecodeWords(row.in, row.charset); got != row.want {
				t.Errorf("DecodeWords(%q) = %q, want %q", row.in, got, row.want)
			}
		})
	}
}
