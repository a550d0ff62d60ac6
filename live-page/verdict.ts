import { byId, make, say } from './elements.ts';
import type { Finding, Verdict } from './events.ts';

/** In the order in which they are told. */
const TOLD = ['fail', 'warn', 'inconclusive', 'pass'] as const;
const MISSING = { fail: '', warn: '', inconclusive: 'Missing to decide', pass: 'Kept' } as const;

/** Shows the verdict as it stands, with what is missing to decide. */
export function showVerdict({ verdict, explain, findings, notReached }: Verdict): void {
  say('verdict', verdict);
  byId('verdict').className = `badge ${verdict}`;
  say('explain', explain);
  const parts = TOLD.flatMap((kind) => {
    const of = findings.filter((finding) => finding.verdict === kind);
    return of.length === 0 ? [] : [kind === 'pass' ? names(of) : list(kind, of)];
  });
  const never = notReached.length === 0 ? [] : [make('p', { class: 'small' }, `Never struck: ${notReached.join(', ')}`)];
  byId('findings').replaceChildren(...parts, ...never);
}

function list(kind: (typeof TOLD)[number], findings: readonly Finding[]): HTMLElement {
  const items = findings.map(({ rule, explain, evidence }) => {
    const line = kind === 'inconclusive' ? undefined : evidence[0]?.line;
    const shown = line === undefined ? [] : [make('br', {}), make('code', {}, line)];
    return make('li', {}, make('strong', { class: kind }, rule), ` ${explain}`, ...shown);
  });
  const title = MISSING[kind];
  return make('div', {}, ...(title === '' ? [] : [make('p', { class: 'small' }, `${title}:`)]), make('ul', {}, ...items));
}

function names(findings: readonly Finding[]): HTMLElement {
  return make('p', { class: 'small' }, `Kept: ${findings.map(({ rule }) => rule).join(', ')}`);
}
