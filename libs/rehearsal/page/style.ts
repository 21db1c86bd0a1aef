/** The page fetches no font, picture or style sheet. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --panel: #f5f6f8; --text: #1c2430; --muted: #5a6675; --line: #d9dee5;
  --kept: #2a7f62; --broken: #c2452d; --pale: #9fb0c3; --accent: #1f5fa8; --note: #fff4d6; --note-line: #d8a800; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --panel: #1b212a; --text: #e6eaf0; --muted: #9aa7b8;
  --line: #303947; --kept: #58c29b; --broken: #ef7c62; --pale: #5d6f86; --accent: #7ab2f5; --note: #33290c; --note-line: #b58f12; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
.muted, figcaption, caption { color: var(--muted); }
.notice { background: var(--note); border-left: 4px solid var(--note-line); padding: .6rem .9rem; margin: 1rem 0; max-width: none; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.figures div { background: var(--panel); border-radius: .5rem; padding: .75rem .9rem; }
.figures b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.figures .worse b { color: var(--broken); } .figures .better b { color: var(--kept); }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } .n { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; font-family: inherit; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .85rem; color: var(--text); padding-top: .25rem; }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin-right: .4rem; print-color-adjust: exact; }
i.kept { background: var(--kept); } i.broken { background: var(--broken); } i.pale { background: var(--pale); }
details { border-top: 1px solid var(--line); padding: .6rem 0; } summary { cursor: pointer; font-weight: 600; color: var(--accent); }
code { font: .85em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.up { color: var(--broken); } .down { color: var(--kept); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; color: var(--muted); font-size: .85rem; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem 0; }
@media print {
  :root { --paper: #fff; --panel: #f3f4f6; --text: #000; --muted: #444; --line: #bbb; --kept: #2a7f62; --broken: #b23a22;
    --pale: #9fb0c3; --accent: #000; --note: #fff; --note-line: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  @page { margin: 16mm 14mm 20mm; @bottom-left { content: "Mechanical effect only: the rules are replayed, not how people would have behaved under them."; font: 8pt sans-serif; }
    @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
  tr, figure, .figures div { break-inside: avoid; } h2 { break-after: avoid; } thead { display: table-header-group; }
}
`;
