import type { FilterSeverity, LatencyMs } from '../openai/request/answer-settings.ts';
import { DEFAULT_MAX_BODY, type Scenario } from '../scenario/schema.ts';
import { plural } from '../text/plural.ts';
import { formatDuration } from '../units/duration.ts';
import { formatSize } from '../units/size.ts';

/** What a scenario says of itself: the part that departs from the usual, a sentence each. */
export function explainSettings(scenario: Scenario, { changesWithTime }: { readonly changesWithTime: boolean }): string[] {
  return [
    ...authInWords(scenario.auth),
    ...modelsInWords(scenario.models),
    ...VALIDATIONS[scenario.validation],
    ...(scenario.max_body === DEFAULT_MAX_BODY ? [] : [`A body above ${formatSize(scenario.max_body)} is refused with 413.`]),
    ...(scenario.tokens === 'exact' ? ['Tokens are counted with o200k_base.'] : []),
    ...latencyInWords(scenario.latency),
    ...(scenario.compression ? ['Answers come in br or gzip to clients that accept it.'] : []),
    ...(scenario.cors ? [] : ['Pages of other origins cannot use it: no answer has a CORS header.']),
    ...recordInWords(scenario.record),
    ...azureInWords(scenario.azure),
    ...(changesWithTime || scenario.clock === 'start' ? [CLOCKS[scenario.clock]] : []),
  ];
}

const VALIDATIONS: Readonly<Record<Scenario['validation'], readonly string[]>> = {
  strict: [],
  lenient: ['Requests are checked leniently: fields that OpenAI does not know pass.'],
  off: ['Requests are not checked: any JSON object passes.'],
};

const CLOCKS: Readonly<Record<Scenario['clock'], string>> = {
  first_call: 'Time counts from the first call: the first request that is neither GET / nor a list of models.',
  start: 'Time counts from the start of the mock, and from each reset again.',
};

/** How many keys there are: a key is not shown. */
function authInWords(auth: Scenario['auth']): string[] {
  if (auth === 'any') return [];
  if (auth === 'none') return ['No API key is asked for.'];
  return [`${plural(auth.length, 'API key is', 'API keys are')} good; any other is refused with 401.`];
}

function modelsInWords(models: Scenario['models']): string[] {
  if (models === 'any') return [];
  if (models === 'listed') return ["The models of OpenAI's list exist; any other is refused with 404."];
  const named = models.map(({ id, ...bounds }) => {
    const { contextWindow, maxOutputTokens } = bounds as { contextWindow?: number; maxOutputTokens?: number };
    const words = [
      ...(contextWindow === undefined ? [] : [`a context of ${contextWindow.toLocaleString('en-US')} tokens`]),
      ...(maxOutputTokens === undefined ? [] : [`answers of at most ${maxOutputTokens.toLocaleString('en-US')}`]),
    ];
    return words.length === 0 ? id : `${id} (${words.join(', ')})`;
  });
  return [`These models exist: ${named.join(', ')}; any other is refused with 404.`];
}

function latencyInWords({ ttft, inter_token: interToken }: Scenario['latency']): string[] {
  return [
    ...(isNone(ttft) ? [] : [`The first token comes after ${waitInWords(ttft)}.`]),
    ...(isNone(interToken) ? [] : [`Between tokens pass ${waitInWords(interToken)}.`]),
  ];
}

function isNone(latency: LatencyMs): boolean {
  return latency.kind === 'constant' && latency.ms === 0;
}

function waitInWords(latency: LatencyMs): string {
  switch (latency.kind) {
    case 'constant':
      return formatDuration(latency.ms);
    case 'uniform':
      return `${formatDuration(latency.minMs)} to ${formatDuration(latency.maxMs)}`;
    case 'lognormal':
      return `${formatDuration(latency.p50Ms)} (half of all) to ${formatDuration(latency.p95Ms)} (95 %) and more`;
    case 'ramp':
      return `${formatDuration(latency.from)}, which becomes ${formatDuration(latency.to)} within ${formatDuration(latency.overMs)}`;
  }
}

function recordInWords(record: Scenario['record']): string[] {
  if (record === undefined) return [];
  const { bodies, headers } = record;
  const kept = [...(bodies === undefined ? [] : [`bodies up to ${formatSize(bodies)}`]), ...(headers ? ['header fields'] : [])];
  return kept.length === 0 ? [] : [`The journal keeps ${kept.join(' and ')}, sent and answered, without credentials.`];
}

function azureInWords(azure: Scenario['azure']): string[] {
  if (azure === undefined) return [];
  const { deployments, region, contentFilter } = azure;
  const named = Object.entries(deployments ?? {}).map(([name, model]) => (name === model ? name : `${name} (${model})`));
  const found = (Object.entries(contentFilter) as [string, FilterSeverity | undefined][]).flatMap(([what, severity]) =>
    severity === undefined ? [] : [`${what} ${severity}`],
  );
  return [
    ...(deployments === undefined
      ? []
      : [`On Azure these deployments exist: ${named.join(', ')}; any other is refused with 404.`]),
    `On Azure it is in ${region}.`,
    ...(found.length === 0 ? [] : [`On Azure the filters find ${found.join(', ')}.`]),
  ];
}
