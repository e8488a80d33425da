/** How an exported page looks: light or dark as its reader's system is, and on paper. */

/** Colours that names have. */
export const NAME_COLOURS = 12;

const hues = Array.from({ length: NAME_COLOURS }, (_, index) => `.c${index}{--hue:${index * 30}}`).join("\n");

export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1d1f23; --soft: #667080; --line: #e2e5ea; --card: #f5f6f8;
  --link: #0b5cad; --name-s: 70%; --name-l: 32%; --disc-l: 88% }
@media (prefers-color-scheme: dark) { :root { --back: #14161a; --text: #e4e6ea; --soft: #98a1af; --line: #2b2f37;
  --card: #1d2026; --link: #7db7f5; --name-s: 62%; --name-l: 72%; --disc-l: 24% } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 3rem; background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  overflow-wrap: anywhere }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 }
.about { color: var(--soft); margin: .25rem 0 0; font-size: .875rem }
h2 { display: flex; align-items: center; gap: .75rem; margin: 2rem 0 .75rem; font-size: .8125rem; font-weight: 600;
  color: var(--soft) }
h2::before, h2::after { content: ""; flex: 1; border-top: 1px solid var(--line) }
article { display: grid; grid-template-columns: 2.25rem 1fr; column-gap: .75rem; margin-top: .9rem }
article.more { margin-top: .15rem }
.disc { grid-row: 1 / span 2; width: 2.25rem; height: 2.25rem; border-radius: 50%; display: grid; place-items: center;
  font-weight: 600; background: hsl(var(--hue) var(--name-s) var(--disc-l));
  color: hsl(var(--hue) var(--name-s) var(--name-l)) }
.who { grid-column: 2; line-height: 1.3 }
.who b { color: hsl(var(--hue) var(--name-s) var(--name-l)) }
.who a { color: var(--soft); font-size: .75rem; text-decoration: none; margin-left: .5rem;
  font-variant-numeric: tabular-nums }
.what { grid-column: 2; min-width: 0 }
.text { margin: 0; white-space: pre-wrap; unicode-bidi: isolate; tab-size: 4 }
a { color: var(--link) }
figure { margin: .35rem 0 0 }
img { display: block; max-width: 100%; max-height: 26rem; border-radius: .5rem; background: var(--card) }
figcaption, .size { color: var(--soft); font-size: .8125rem }
figcaption { margin-top: .2rem }
.file { display: inline-block; margin: .2rem 0 0; padding: .5rem .8rem; border-radius: .5rem; background: var(--card) }
.act { margin: 0; color: var(--soft); font-style: italic }
.empty { color: var(--soft); text-align: center; margin-top: 3rem }
@media print { :root { --back: #fff; --text: #000; --soft: #555; --line: #bbb; --card: #fff; --link: #000; --name-l: 30%;
  --disc-l: 92% }
  body { max-width: none; padding: 0; font-size: 10pt } article, figure { break-inside: avoid }
  h2 { break-after: avoid } img { max-height: 12cm } .file { border: 1px solid var(--line) } }
${hues}
`;
