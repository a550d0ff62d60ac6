import { html, raw } from 'hono/html';
import { PAGE_POLICY, STYLE } from './style.ts';

/** What a page begins with. It loads nothing. `meta` comes before the title, `style` after the style of all pages. */
export function pageHead(title: string, { meta = '', style = '' }: { readonly meta?: string; readonly style?: string } = {}) {
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${PAGE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${raw(meta)}<title>${title}</title>
<style>${raw(STYLE)}${raw(style)}</style>
</head>`;
}
