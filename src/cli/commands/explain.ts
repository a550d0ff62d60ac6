import type { Plan } from '../../core/plan/compile.ts';
import { dependsOnArrivalOrder, explainRule } from '../../core/plan/explain.ts';
import { explainCapacity } from '../../core/plan/explain-capacity.ts';
import { explainLimit } from '../../core/plan/explain-limits.ts';
import { printableLines } from '../../core/text/printable.ts';
import { libraries } from '../../libraries.ts';
import { givenSource, type LoadedScenario, loadScenario } from '../../scenario-files/load-scenario.ts';
import { playThrough } from '../../session/play-through.ts';
import { sessionURL } from '../../session/session-url.ts';
import { exitCode } from '../output/exit-code.ts';
import { warningTexts } from '../output/problem-text.ts';
import { table } from '../output/table.ts';

/** Prints the scenario in words, then what would happen to the first requests. */
export async function explain(file: string, { requests, seed }: { requests: number; seed?: number }): Promise<number> {
  const loaded = loadScenario(givenSource(file), libraries, seed);
  const { plan, scenario } = loaded;
  for (const text of warningTexts(loaded)) process.stderr.write(`${printableLines(text)}\n`);
  const lines = [`${plan.name}, seed ${plan.seed}`];
  if (scenario.description !== undefined) lines.push(scenario.description.trim());
  lines.push(...explainService(plan));
  for (const [name, provider] of loaded.providers) {
    const { description } = provider.scenario;
    const place = sessionURL('', { id: name, plan: provider.plan });
    lines.push('', `Provider ${name}, at ${place}:${description === undefined ? '' : ` ${description.trim()}`}`);
    lines.push(...explainService(provider.plan).map((line) => (line === '' ? '' : `  ${line}`)));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  if (requests === 0) return exitCode.pass;
  process.stdout.write(
    '\nThe first requests, played through: chat completions, every other call streaming, one request a second,\n' +
      'each failed call retried twice as the official SDKs do:\n\n',
  );
  if (loaded.providers.size === 0) process.stdout.write(playTable(loaded, requests));
  const tables = [...loaded.providers].map(([name, provider]) => `To ${name}:\n\n${playTable(provider, requests)}`);
  process.stdout.write(tables.join('\n'));
  return exitCode.pass;
}

function playTable(service: LoadedScenario, requests: number): string {
  const rows = playThrough(service, requests, libraries).map(({ request, call, attempt, rule, faults, outcome }) => [
    String(request),
    String(call),
    String(attempt),
    outcome,
    faults,
    rule,
  ]);
  return table([['request', 'call', 'attempt', 'outcome', 'fault', 'rule'], ...rows]);
}

/** What one service does: its limits, its capacity, its rules. */
function explainService(plan: Plan): string[] {
  const lines: string[] = [];
  if (plan.limits.length > 0) {
    lines.push('', 'Limits, a set of buckets for each API key and model family; the first that fits the model:');
    lines.push(...plan.limits.map((limit) => `  ${explainLimit(limit)}`));
  }
  if (plan.capacity !== undefined) lines.push('', `Capacity, of the whole session: ${explainCapacity(plan.capacity)}.`);
  const admitted = plan.capacity === undefined ? 'that the limits admit ' : 'that is admitted ';
  const narrowed = plan.limits.length > 0 || plan.capacity !== undefined;
  const noRules = `No rules: every request ${narrowed ? admitted : ''}is healthy.`;
  lines.push('', plan.rules.length === 0 ? noRules : 'The first rule that fires decides:');
  for (const [index, rule] of plan.rules.entries()) {
    const order = dependsOnArrivalOrder(rule) ? ' (depends on the order of arrival)' : '';
    const name = rule.rule.name === undefined ? '' : `${rule.rule.name}: `;
    lines.push(`  ${index + 1}. ${name}${explainRule(rule, plan.clock)}${order}`);
  }
  if (plan.rules.some(({ rule }) => rule.attempts !== undefined || rule.per === 'call')) {
    lines.push(
      '  Of equal requests in parallel that no name tells apart, which one counts as the second attempt depends on their arrival.',
    );
  }
  return lines;
}
