/** What a page can do by itself: let the user pick files, and hand one over as a download. */
export function pickInPage(): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.accept = ".mbox,.eml,.zip,.mbx";
    input.hidden = true;
    document.body.append(input);
    const done = () => {
      const files = [...(input.files ?? [])];
      input.remove();
      resolve(files);
    };
    input.addEventListener("change", done);
    input.addEventListener("cancel", done);
    input.click();
  });
}

export function download(name: string, content: string) {
  const type = name.endsWith(".html") ? "text/html" : name.endsWith(".jsonl") ? "application/x-ndjson" : "text/markdown";
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
