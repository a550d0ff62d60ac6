import { html, raw } from 'hono/html';
import type { Finding, RuleVerdict } from '../../core/backoff/kit/finding.ts';
import type { Verdict } from '../../core/backoff/verdict/verdict.ts';
import type { LoadReport } from '../../core/load/load-report.ts';
import { callText } from '../../core/report/call-text.ts';
import { DOWNTIME_TITLE, downtimeLines } from '../../core/report/downtime-lines.ts';
import { webLinks, withLinks } from '../../core/report/links.ts';
import { loadLines } from '../../core/report/load-lines.ts';
import { runNumbers, statisticText } from '../../core/report/numbers.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { sessionLines } from '../../core/report/session-lines.ts';
import { shownEvidence } from '../../core/report/shown-evidence.ts';
import { UNSERVED_TITLE, unservedLines } from '../../core/report/unserved-lines.ts';
import { plural } from '../../core/text/plural.ts';
import { printable } from '../../core/text/printable.ts';
import { arrivalsPicture } from './arrivals-picture.ts';
import { draw } from './draw.ts';
import { gapsPicture } from './gaps-picture.ts';
import { loadPicture } from './load-picture.ts';
import { pageHead } from './page-head.ts';
import type { DataTable, Picture } from './picture.ts';
import { stackedTable } from './stacked-table.ts';
import { swimlanePicture } from './swimlane-picture.ts';

type Html = ReturnType<typeof html>;

/** In the order of the page. Of a fleet under load, the last one comes before everything else. */
const PICTURES = [swimlanePicture, arrivalsPicture, gapsPicture, loadPicture];

const NO_REFERRER = '<meta name="referrer" content="no-referrer">\n';

/** The report as one page that needs nothing else. */
export async function renderHtml(input: ReportInput): Promise<string> {
  const { verdict, version, entries, load } = input;
  const pictures = load === undefined ? PICTURES : PICTURES.filter((picture) => picture !== loadPicture);
  const figures = await Promise.all(pictures.map(async (picture) => figure(picture(input))));
  const lead = load === undefined ? '' : await figure(loadPicture(input), 'h2');
  const headline = `${verdict.verdict.toUpperCase()}: ${printable(verdict.explain)}`;
  const links = webLinks(input);
  const page = html`<!doctype html>
<html lang="en">
${pageHead(headline, { meta: NO_REFERRER })}
<body>
<header>
<h1><span class="badge ${verdict.verdict}">${verdict.verdict.toUpperCase()}</span> ${printable(verdict.explain)}</h1>
<dl class="numbers">${runNumbers(verdict).map(([name, value]) => html`<div><dt>${name}</dt><dd>${printable(value)}</dd></div>`)}</dl>
${notReached(verdict.notReached)}
${listed('Sessions', sessionLines(verdict))}
${listed(`Requests ${UNSERVED_TITLE}`, unservedLines(verdict))}
${listed(DOWNTIME_TITLE, downtimeLines(verdict))}
${links.length === 0 ? '' : html`<p>${links.map(({ label, href }) => html`<a href="${href}">${label}</a> `)}</p>`}
</header>
<main>
${lead}
${load === undefined ? '' : loadSection(load)}
<section aria-labelledby="findings"><h2 id="findings">Findings</h2>${findings(verdict)}</section>
<section aria-labelledby="pictures"><h2 id="pictures">What happened</h2>${figures}</section>
<section aria-labelledby="rules"><h2 id="rules">All rules</h2>${rulesTable(verdict.findings)}</section>
</main>
<footer class="small"><p>mock-openai ${version}${entries[0] === undefined ? '' : `, run of ${entries[0].time}`}</p></footer>
</body>
</html>
`;
  return String(await page);
}

function loadSection(load: LoadReport): Html {
  return html`<section aria-labelledby="fleet"><h2 id="fleet">The fleet under load</h2>
<dl class="figures">${loadLines(load).map(([name, value]) => html`<div><dt>${name}</dt><dd>${printable(value)}</dd></div>`)}</dl></section>`;
}

function badge(verdict: RuleVerdict): Html {
  return html`<span class="badge ${verdict}">${verdict.replace('_', ' ')}</span>`;
}

function notReached(ids: readonly string[]): Html | '' {
  if (ids.length === 0) return '';
  return html`<p>Parts of the scenario that never struck: ${ids.map((id, i) => html`${i > 0 ? ', ' : ''}<code>${printable(id)}</code>`)}.</p>`;
}

function listed(title: string, lines: readonly string[]): Html | '' {
  if (lines.length === 0) return '';
  return html`<p>${title}:</p><ul>${lines.map((line) => html`<li>${printable(line)}</li>`)}</ul>`;
}

/** Those that say something; what was kept or did not apply is in the table of all rules. */
function findings({ findings: all, exercised }: Verdict): Html | Html[] {
  const told = all.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'not_applicable');
  if (told.length > 0) return told.map(article);
  return exercised ? html`<p>Nothing speaks against the client.</p>` : html`<p>There was nothing to judge.</p>`;
}

function article(finding: Finding): Html {
  const { rule, verdict, severity, summary, explain, advice, statistic, threshold, n } = finding;
  const { shown, leftOut } = shownEvidence(finding);
  const measured = statistic === null ? '' : `${statisticText(statistic, threshold)}, n = ${n}. `;
  const more = leftOut === 0 ? '' : html`<li>and ${leftOut} more</li>`;
  return html`<article id="rule-${rule}">
<h3>${badge(verdict)} <code>${rule}</code> <span class="small">${severity}</span></h3>
<p>Expected: ${summary}.</p>
<p>${printable(explain)}</p>
${shown.length === 0 ? '' : html`<ul>${shown.map(({ call, line }) => html`<li>${printable(line)} <span class="small">(${callText(call)})</span></li>`)}${more}</ul>`}
${advice === '' ? '' : html`<p class="advice"><strong>Advice:</strong> ${advice}.</p>`}
<p class="small">${measured}False alarm at most ${Number(finding.falseAlarmBound.toPrecision(2))}. Clock: ${finding.clock}. ${reference(finding)}</p>
</article>
`;
}

function reference(finding: Finding): (Html | string)[] {
  return withLinks(finding.reference).map(({ text, isLink }) => (isLink ? html`<a href="${text}">${text}</a>` : text));
}

/** What did not apply has little to say, and is folded away. */
function rulesTable(all: readonly Finding[]): Html {
  const applied = all.filter(({ verdict }) => verdict !== 'not_applicable');
  const others = all.filter(({ verdict }) => verdict === 'not_applicable');
  const told = html`${applied.length === 0 ? '' : table(applied, 'All rules that applied')}`;
  if (others.length === 0) return told;
  return html`${told}<details><summary>${plural(others.length, 'rule')} did not apply</summary>
${table(others, 'Rules that did not apply')}</details>`;
}

function table(findings: readonly Finding[], label: string): Html {
  return stackedTable({
    label,
    columns: ['rule', 'verdict', 'severity', 'n', 'why'],
    rows: findings.map(({ rule, verdict, severity, explain, n }) => [
      html`<code>${rule}</code>`,
      badge(verdict),
      severity,
      n,
      printable(explain),
    ]),
  });
}

async function figure({ id, title, description, caption, drawing, table }: Picture, level: 'h2' | 'h3' = 'h3'): Promise<Html> {
  const heading = level === 'h2' ? html`<h2 id="${id}">${title}</h2>` : html`<h3 id="${id}">${title}</h3>`;
  if (drawing === undefined) return html`<section aria-labelledby="${id}">${heading}<p>${description}</p></section>\n`;
  const svg = await draw(drawing, id, title, description);
  return html`<section aria-labelledby="${id}">${heading}
<p>${description}</p>
<figure><div class="scroll" tabindex="0" role="region" aria-label="${title}, picture">${raw(svg)}</div>
<figcaption class="small">${caption}</figcaption>
${dataDetails(title, table)}</figure></section>
`;
}

function dataDetails(title: string, { columns, rows, leftOut }: DataTable): Html {
  return html`<details><summary>${title} as a table (${plural(rows.length, 'row')})</summary>
<div class="scroll" tabindex="0" role="region" aria-label="${title}, table"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>
${leftOut === 0 ? '' : html`<p class="small">${plural(leftOut, 'row')} more left out; report.json has them all.</p>`}</details>`;
}
