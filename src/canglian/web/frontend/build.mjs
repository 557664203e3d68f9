// Builds the assets of the console and of a person's pages into ../static/dist: hashed, minified files and a manifest that names them.
// Tabler's style sheet is cut down to the classes that our templates and scripts use.
// The typefaces of documents are copied beside the code that embeds them: they are served to nobody.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { PurgeCSS } from "purgecss";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, "../..");
const target = path.resolve(here, "../static/dist");
const consoleParts = ["frame", "panels", "tables", "chips", "facts", "forms", "design", "narrow", "calendar", "print"];
const typefaces = path.join(source, "web/paper/fonts");
const mobileParts = ["frame", "lists", "forms", "parts"];

async function files(folder, ending) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((name) => !name.includes("node_modules") && !name.includes(`${path.sep}dist${path.sep}`));
}

async function sheets(folder, parts) {
  const texts = await Promise.all(parts.map((part) => readFile(path.join(here, folder, `${part}.css`), "utf8")));
  return texts.join("\n");
}

function minified(css) {
  return esbuild.transform(css, { loader: "css", minify: true, legalComments: "none" }).then((made) => made.code);
}

async function consoleStyles() {
  const pages = [...(await files(source, ".html")), ...(await files(here, ".js"))];
  const [cut] = await new PurgeCSS().purge({
    content: [...pages, ...(await files(path.join(source, "web/console"), ".py"))],
    css: [path.join(here, "node_modules/@tabler/core/dist/css/tabler.min.css")],
    safelist: { standard: [/^htmx-/, "show", "active", "disabled"] },
    variables: true,
    keyframes: true,
  });
  return minified(cut.css + (await sheets("console", consoleParts)));
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

async function copyTypefaces() {
  const from = path.join(here, "node_modules/@expo-google-fonts");
  await mkdir(typefaces, { recursive: true });
  for (const [folder, name] of [["noto-sans-sc", "NotoSansSC"], ["noto-sans-jp", "NotoSansJP"]]) {
    await copyFile(path.join(from, folder, `400Regular/${name}_400Regular.ttf`), path.join(typefaces, `${name}.ttf`));
    await copyFile(path.join(from, folder, "LICENSE_FONT"), path.join(typefaces, `${name}.LICENSE`));
  }
}

await copyTypefaces();
const made = {
  "console.css": await consoleStyles(),
  "console.js": await script("console.js"),
  "mobile.css": await minified(await sheets("mobile", mobileParts)),
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
