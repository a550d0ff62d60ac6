import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';

/** The text of a whole answer. */
export const WHOLE = 'One two three four five six seven eight.';

/** What happens to the first attempt of each response, by column of the page. */
const FAULTS = {
  limited: { rate_limit: { retry_after: '1s' } },
  cut: { truncated_stream: { after_chunks: 3, end: 'clean' } },
  closed: { truncated_stream: { after_chunks: 3, end: 'close' } },
  failed: { response_failed: { after_chunks: 3 } },
  stall: { stalled_stream: { after_chunks: 3 } },
} as const;

export const SITUATIONS = ['healthy', 'tool', ...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])] as const;
export type Situation = (typeof SITUATIONS)[number];

const REPLIES: ScenarioInput['replies'] = [
  { match: { prompt: '/weather/i' }, tool_call: { name: 'weather', arguments: { city: 'Oslo' } } },
  { match: { prompt: '/hand over/i' }, tool_call: { name: 'transfer_to_other', arguments: {} } },
  { match: { prompt: '/your goal/i' }, tool_call: { name: 'get_goal', arguments: {} } },
  { match: { prompt: '/person/i' }, json: { name: 'Ada', age: 36 } },
  { content: WHOLE },
];

export function scenarioOf(situation: Situation): ScenarioInput {
  const fault = situation === 'healthy' || situation === 'tool' ? undefined : FAULTS[situation];
  return { replies: REPLIES, rules: fault === undefined ? [] : [{ match: { endpoint: 'responses' }, attempts: 1, fault }] };
}
