import { html } from 'hono/html';

type Html = ReturnType<typeof html>;

export interface StackedTable {
  /** For those who do not see it. */
  readonly label: string;
  readonly columns: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly (string | number | Html)[])[];
}

/**
 * A table whose cells stand below each other, each beside the name of its column, where the window is narrow. The roles are those
 * that the elements have by themselves until a style takes them out of the table.
 */
export function stackedTable({ label, columns, rows }: StackedTable): Html {
  const cells = (row: StackedTable['rows'][number]) =>
    row.map((cell, at) =>
      at === 0
        ? html`<th scope="row" role="rowheader">${cell}</th>`
        : html`<td role="cell" data-column="${columns[at] ?? ''}"><div>${cell}</div></td>`,
    );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, table"><table class="stacked" role="table" aria-label="${label}">
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th scope="col" role="columnheader">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${cells(row)}</tr>\n`)}</tbody></table></div>`;
}
