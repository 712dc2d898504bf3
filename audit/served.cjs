// Serve a built site as a host does: below the path of its address, compressed, kept by browsers.
const { readFile } = require("node:fs/promises");
const { createServer } = require("node:http");
const { extname, join, normalize } = require("node:path");
const { gzipSync } = require("node:zlib");

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};
const COMPRESSED = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".xml"]);

/** Serve `folder` below `base` on this machine; give its address and a function that ends it. */
async function served(folder, base) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://site").pathname);
    // robots.txt is asked of the root of the host
    const inside = path.startsWith(base) ? path.slice(base.length) : path;
    const name = normalize(`/${inside}`).replace(/\/$/, "/index.html");
    const ending = extname(name);
    try {
      const content = await readFile(join(folder, name));
      const small = COMPRESSED.has(ending);
      response.writeHead(200, {
        "content-type": TYPES[ending] ?? "application/octet-stream",
        "cache-control": "max-age=600",
        ...(small && { "content-encoding": "gzip" }),
      });
      response.end(small ? gzipSync(content) : content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const address = `http://127.0.0.1:${server.address().port}${base}`;
  return { address, close: () => server.close() };
}

module.exports = { served };
