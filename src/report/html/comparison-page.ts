import { html, raw } from 'hono/html';
import { COMPARED_COLUMNS, type ComparedRun, comparedRow, differencesOf } from '../../core/report/comparison.ts';
import { printable } from '../../core/text/printable.ts';
import { draw } from './draw.ts';
import { fleetPicture, sharedAxes } from './fleet-picture.ts';
import { pageHead } from './page-head.ts';
import { stackedTable } from './stacked-table.ts';

const GRID =
  '.fleets { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; } .fleets figure { min-width: 0; } .fleets svg { min-width: 0; width: 100%; }';

/** Load runs side by side, on the same axes, as one page that needs nothing else. */
export async function renderComparison(runs: readonly ComparedRun[]): Promise<string> {
  const axes = sharedAxes(runs.map(({ load }) => load));
  const figures = await Promise.all(
    runs.map(async (run, index) => {
      const [name = '', outcome = '', , mean = ''] = comparedRow(run).map(printable);
      const description = `${outcome}; ${mean} attempts a call; ${run.load.calls.ok} of ${run.load.calls.scheduled} calls ended well.`;
      const svg = await draw(fleetPicture(run.load, axes), `fleet-${index}`, name, description);
      return html`<figure><h3>${name}</h3>${raw(svg)}<figcaption class="small">${description}</figcaption></figure>\n`;
    }),
  );
  const [first] = runs;
  const title = `Fleets under load: ${printable(first?.scenario ?? '')}`;
  const page = html`<!doctype html>
<html lang="en">
${pageHead(title, { style: GRID })}
<body>
<header>
<h1>${title}</h1>
<p>${printable(first?.load.workload.text ?? '')}, seed ${first?.seed ?? ''}. The same axes for all; rates on a logarithmic one.</p>
${differencesOf(runs).map((difference) => html`<p class="warn">${printable(difference)}</p>`)}
</header>
<main>
<section class="fleets" aria-label="Fleets">${figures}</section>
<section aria-labelledby="figures"><h2 id="figures">Figures</h2>
${stackedTable({ label: 'Figures', columns: COMPARED_COLUMNS, rows: runs.map((run) => comparedRow(run).map(printable)) })}
</section>
</main>
</body>
</html>
`;
  return String(await page);
}
