import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';

type Rule = NonNullable<ScenarioInput['rules']>[number];

/** The text of a whole answer. */
export const WHOLE = 'One two three four — naïve five 😀 six seven eight.';

/** What happens to the first attempt of each response, by column of the page: what breaks, and what is legal all the same. */
const BREAKS = {
  limited: { rate_limit: { retry_after: '1s' } },
  cut: { truncated_stream: { after_chunks: 3, end: 'clean' } },
  closed: { truncated_stream: { after_chunks: 3, end: 'close' } },
  error: { stream_error: { after_chunks: 3 } },
  failed: { response_failed: { after_chunks: 3 } },
  stall: { stalled_stream: { after_chunks: 3 } },
} as const;

const LEGAL = {
  incomplete: { response_incomplete: { after_chunks: 3 } },
  keepalive: { keepalive_events: { after_chunks: 3, every: '200ms' } },
  framing: ['split_utf8', { reframed_stream: { retry: null } }],
  cr: { reframed_stream: { line_ending: 'cr', retry: null } },
  retry: { reframed_stream: { line_ending: 'lf', comments: false, segments: false } },
} as const;

const FAULTS: Readonly<Record<string, Rule['fault']>> = { ...BREAKS, ...LEGAL };

export type Situation = 'healthy' | 'tool' | keyof typeof BREAKS | keyof typeof LEGAL;
/** The columns of the first table of the page, and of the second. */
export const BREAKING: readonly Situation[] = ['healthy', 'tool', ...keysOf(BREAKS)];
export const LEGAL_ONES: readonly Situation[] = keysOf(LEGAL);
export const SITUATIONS: readonly Situation[] = [...BREAKING, ...LEGAL_ONES];

function keysOf<T extends object>(of: T): readonly (keyof T)[] {
  return Object.keys(of) as (keyof T)[];
}

const REPLIES: ScenarioInput['replies'] = [
  { match: { prompt: '/weather/i' }, tool_call: { name: 'weather', arguments: { city: 'Oslo' } } },
  { match: { prompt: '/hand over/i' }, tool_call: { name: 'transfer_to_other', arguments: {} } },
  { match: { prompt: '/your goal/i' }, tool_call: { name: 'get_goal', arguments: {} } },
  { match: { prompt: '/person/i' }, json: { name: 'Ada', age: 36 } },
  { content: WHOLE },
];

export function scenarioOf(situation: Situation): ScenarioInput {
  const fault = FAULTS[situation];
  return { replies: REPLIES, rules: fault === undefined ? [] : [{ match: { endpoint: 'responses' }, attempts: 1, fault }] };
}
