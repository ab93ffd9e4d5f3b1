// Serves a built app the way that the binary does: the same policy, a nonce of its own for each page.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

export const policy = (nonce) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export async function serve(folder, port = 0) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const name = pathname === "/" ? "index.html" : path.normalize(pathname).replace(/^[/\\]+/, "");
    try {
      if (name.startsWith("..")) throw new Error("outside");
      let content = await readFile(path.join(folder, name));
      const nonce = randomBytes(16).toString("base64");
      if (name === "index.html") content = Buffer.from(content.toString().replaceAll("__CSP_NONCE__", nonce));
      response.writeHead(200, {
        "Content-Type": types[path.extname(name)] ?? "application/octet-stream",
        "Content-Security-Policy": policy(nonce),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
