package sample

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path"
	"strings"
)

// makeFile is an attachment's media type and bytes; the name's ending says what to make of the text.
func makeFile(f file) (kind string, data []byte) {
	switch path.Ext(f.name) {
	case ".pdf":
		return "application/pdf", makePDF(f.text)
	case ".png":
		return "image/png", makePNG(f.name)
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document", makeDocument(f.text)
	case ".csv":
		return "text/csv; charset=utf-8", []byte(strings.ReplaceAll(f.text, "\n", "\r\n") + "\r\n")
	case ".html":
		return "text/html; charset=utf-8", []byte(f.text)
	}
	return "application/octet-stream", []byte(f.text)
}

// makePDF is a page with the lines of an ASCII text, the first one as its heading.
func makePDF(text string) []byte {
	var page strings.Builder
	page.WriteString("BT /F1 16 Tf 72 770 Td ")
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	for i, line := range strings.Split(text, "\n") {
		if i == 1 {
			page.WriteString("/F1 11 Tf 0 -12 Td ")
		}
		fmt.Fprintf(&page, "(%s) Tj 0 -18 Td ", escape.Replace(line))
	}
	page.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// makePNG is a small picture of stripes whose colours come from its name.
func makePNG(name string) []byte {
	const side = 48
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	h := hash(name)
	for y := range side {
		for x := range side {
			stripe := uint32((x + y) / 8 % 3)
			img.Set(x, y, color.RGBA{uint8(h >> (stripe * 8)), uint8(90 + 60*stripe), uint8(h), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic("encode a picture of the sample: " + err.Error()) // a buffer takes every write
	}
	return b.Bytes()
}

// makeDocument is a Word document with the lines of a text as paragraphs.
func makeDocument(text string) []byte {
	var words strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		words.WriteString("<w:p><w:r><w:t>")
		_ = xml.EscapeText(&words, []byte(line)) // a strings.Builder takes every write
		words.WriteString("</w:t></w:r></w:p>")
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	parts := []file{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + words.String() + `</w:body></w:document>`},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.text))
		}
		if err != nil {
			panic("write a document of the sample: " + err.Error()) // a buffer takes every write
		}
	}
	if err := z.Close(); err != nil {
		panic("close a document of the sample: " + err.Error())
	}
	return b.Bytes()
}
