/** Nothing but the styles of the page itself: no script, no request, no form. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The style of the page. Pictures take their colours from its variables, so that they follow light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f8fa; --ink: #1f2328; --faint: #59636e; --line: #d8dee4; --link: #0550ae;
  --success: #1a7f37; --limited: #b35900; --server: #7a3fd1; --client: #0969da; --broken: #a0296e; --early: #d1001f;
  --wait: #c3cad2; --outage: #fff0c2; --outage-key: #f5d77a; --plan: #8ea0d8; --first: #1f5fae; --retry: #e0791b; --warn: #8a5300; --other: #59636e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --panel: #161b22; --ink: #e6edf3; --faint: #9aa4ae; --line: #30363d; --link: #79b8ff;
    --success: #3fb950; --limited: #f0a04b; --server: #b78bff; --client: #6cb6ff; --broken: #f47fba; --early: #ff5f6d;
    --wait: #47505a; --outage: #3a3113; --outage-key: #7d6719; --plan: #4c5f9e; --first: #6cb6ff; --retry: #f0883e; --warn: #e3b341; --other: #9aa4ae;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
dl.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .5rem 1.25rem; margin: 0; }
dl.numbers dt { color: var(--faint); font-size: .85rem; }
dl.figures { margin: 0; }
dl.figures div { display: grid; grid-template-columns: 8rem 1fr; gap: .25rem 1rem; margin: .25rem 0; }
dl.figures dt { color: var(--faint); }
dl.figures dd { margin: 0; overflow-wrap: anywhere; }
dl.numbers dd { margin: 0; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .5em; border: 2px solid currentColor; border-radius: .4em; font-weight: 700; white-space: nowrap; }
.fail { color: var(--early); } .warn { color: var(--warn); } .pass { color: var(--success); }
.inconclusive, .info { color: var(--link); } .not_applicable { color: var(--other); }
article { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 0 0 1rem; }
article p { margin: .5rem 0; }
article ul { margin: .5rem 0; padding-left: 1.25rem; }
.advice { border-left: 3px solid var(--link); padding-left: .75rem; }
.small { color: var(--faint); font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
th code { white-space: nowrap; }
td:last-child { overflow-wrap: anywhere; }
figure { margin: 0 0 1.5rem; }
figure svg { display: block; max-width: 100%; min-width: 40rem; height: auto; }
figcaption { margin-top: .25rem; }
details { margin: .5rem 0; }
details .scroll { max-height: 24rem; overflow-y: auto; }
summary { cursor: pointer; }
footer { padding-top: 1rem; padding-bottom: 2rem; }
@media (max-width: 44rem) {
  dl.figures div { display: block; margin: .5rem 0; }
  dl.numbers { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); }
  article { padding: .75rem; }
  .stacked, .stacked tbody, .stacked tr, .stacked th, .stacked td { display: block; border: 0; padding: 0; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .stacked th code { white-space: normal; }
  .stacked td { display: grid; grid-template-columns: 7rem 1fr; gap: .5rem; }
  .stacked td::before { content: attr(data-column); color: var(--faint); }
  .stacked td > div { overflow-wrap: anywhere; }
}
@media print { details .scroll { max-height: none; } }
`;
