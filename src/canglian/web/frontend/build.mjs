// Builds the assets of the console and of a person's pages into ../static/dist: hashed, minified files and a manifest that names them.
// Tabler's style sheet is cut down to the classes that our templates and scripts use.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, "../..");
const target = path.resolve(here, "../static/dist");

async function files(folder, ending) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((one) => one.isFile() && one.name.endsWith(ending))
    .map((one) => path.join(one.parentPath ?? one.path, one.name))
    .filter((name) => !name.includes("node_modules") && !name.includes(`${path.sep}dist${path.sep}`));
}

async function styles() {
  const pages = [...(await files(source, ".html")), ...(await files(here, ".js"))];
  const [cut] = await new PurgeCSS().purge({
    content: [...pages, ...(await files(path.join(source, "web/console"), ".py"))],
    css: [path.join(here, "node_modules/@tabler/core/dist/css/tabler.min.css")],
    safelist: { standard: [/^htmx-/, "show", "active", "disabled"] },
    variables: true,
    keyframes: true,
  });
  const own = await readFile(path.join(here, "console.css"), "utf8");
  const made = await esbuild.transform(cut.css + own, { loader: "css", minify: true, legalComments: "none" });
  return made.code;
}

async function script(entry) {
  const made = await esbuild.build({
    entryPoints: [path.join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    legalComments: "none",
  });
  return made.outputFiles[0].text;
}

async function icons() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(here, `node_modules/@tabler/icons/icons/outline/${name}.svg`), "utf8");
      const inner = text.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
      return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

const made = {
  "console.css": await styles(),
  "console.js": await script("console.js"),
  "mobile.css": (await esbuild.transform(await readFile(path.join(here, "mobile.css"), "utf8"), { loader: "css", minify: true })).code,
  "mobile.js": await script("mobile.js"),
  "charts.js": await script("charts.js"),
  "icons.svg": await icons(),
};
// The new files come first and the old ones go last, so that a server that runs never names one that is not there.
await mkdir(target, { recursive: true });
const old = await readdir(target);
const manifest = {};
for (const [name, text] of Object.entries(made)) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const { name: stem, ext } = path.parse(name);
  manifest[name] = `${stem}.${hash}${ext}`;
  await writeFile(path.join(target, manifest[name]), text);
}
await writeFile(path.join(target, "manifest.json"), JSON.stringify(manifest, null, 2));
const kept = new Set([...Object.values(manifest), "manifest.json"]);
await Promise.all(old.filter((name) => !kept.has(name)).map((name) => rm(path.join(target, name), { force: true })));
