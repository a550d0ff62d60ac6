/** Where a link to the README of a folder leads on the site: VitePress names the page index, and leaves links to it as they are. */
export function folderPage(href) {
  return href.replace(/^(?![a-z]+:)(.*\/)?README\.md(?=#|$)/, '$1index.md');
}
