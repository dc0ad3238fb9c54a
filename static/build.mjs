// The build of the front end into static/dist: every file name carries its content hash, and
// manifest.json maps each source to its file.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { buildCoasts } from "./natural-earth.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "dist");
const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "safari16"],
  logLevel: "warning",
  loader: { ".png": "copy", ".svg": "copy", ".webp": "copy", ".webmanifest": "copy" },
};

async function sources(folder, ending) {
  const names = await readdir(path.join(here, folder));
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));
}

function named(metafile) {
  const pairs = Object.entries(metafile.outputs).filter(([, about]) => about.entryPoint);
  return Object.fromEntries(pairs.map(([file, about]) => [about.entryPoint, path.basename(file)]));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const entries = [
  ...(await sources("js", ".js")),
  ...(await sources("css", ".css")),
  ...(await sources("icons", ".png")),
  ...(await sources("icons", ".svg")),
  ...(await sources("screenshots", ".png")),
  ...(await sources("guides", ".webp")),
];
const site = await esbuild.build({
  ...shared,
  entryPoints: entries,
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  metafile: true,
});
const manifest = named(site.metafile);

// The engine of the label reader is served from here, never from another site.
const engine = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
const hash = createHash("sha256").update(await readFile(engine)).digest("hex").slice(0, 8).toUpperCase();
manifest["wasm/zxing_reader.wasm"] = `zxing_reader-${hash}.wasm`;
await copyFile(engine, path.join(out, manifest["wasm/zxing_reader.wasm"]));

Object.assign(manifest, await buildCoasts(out));

// The service worker keeps one address for ever; the files it stores are named by hash.
const kept = Object.entries(manifest)
  .filter(([source]) => /(^js\/phone\.js|^css\/(site|phone)\.css|^icons\/)/.test(source))
  .map(([, file]) => ({ url: `/static/dist/${file}`, revision: null }));
await esbuild.build({
  ...shared,
  entryPoints: ["js/phone/service-worker.js"],
  outfile: path.join(out, "service-worker.js"),
  define: { __KEPT_FILES__: JSON.stringify(kept), "process.env.NODE_ENV": '"production"' },
  format: "iife",
});

await writeFile(path.join(out, "manifest.json"), JSON.stringify(manifest, null, 2));

// Compressed once, at the build, instead of at every request.
for (const name of (await readdir(out)).filter((name) => /(\.(js|css|svg|wasm)|^(coast|directory-land)-.*\.json)$/.test(name))) {
  const content = await readFile(path.join(out, name));
  await writeFile(path.join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
  // The last tenth of a data file would take a quarter of a minute.
  const params = name.endsWith(".json") ? { [constants.BROTLI_PARAM_QUALITY]: 9 } : {};
  await writeFile(path.join(out, `${name}.br`), brotliCompressSync(content, { params }));
}
