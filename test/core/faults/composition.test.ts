import { expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { boundFault, type FaultInput, faultNamed } from '../../../src/core/faults/registry.ts';
import { healthyReply } from '../../../src/core/openai/endpoints/healthy-reply.ts';
import { libraries } from '../../../src/libraries.ts';
import { type Collected, collect } from '../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

const CONTEXT = replyContext({
  libraries,
  request: apiRequest({ body: { model: 'gpt-4o', stream: true, n: 2, messages: [{ role: 'user', content: 'Hello' }] } }),
  settings: { ...plainSettings, reply: { content: 'naïve 😀 texts — of several words' } },
});

/** What a list of faults makes of a stream of two choices. */
function streamed(...faults: readonly FaultInput[]): Collected {
  const calls = faults.flatMap((fault) =>
    Object.entries(fault).map(([name, params]) =>
      boundFault({ name, params: faultNamed(name).params.parse(params ?? undefined) }),
    ),
  );
  return collect(applyFaults(healthyReply(CONTEXT), calls, CONTEXT));
}

const IN_PIECES: readonly FaultInput[] = [
  { slow_body: { bytes: 7, every: '1ms' } },
  { split_utf8: {} },
  { reframed_stream: { line_ending: 'lf', comments: false, retry: null } },
];

const OF_EVENTS: readonly FaultInput[] = [
  { truncated_stream: { after_chunks: 0 } },
  { truncated_stream: { after_chunks: 3 } },
  { stalled_stream: { after_chunks: 4 } },
  { stream_error: { after_chunks: 2 } },
  { stream_error: { after_chunks: 99 } },
  { missing_done: {} },
  { missing_finish_reason: {} },
  { malformed_chunk: { after_chunks: 1 } },
  { malformed_chunk: { after_chunks: 99 } },
  { duplicate_chunk: { after_chunks: 3 } },
  { duplicate_chunk: { after_chunks: 99 } },
];

const pairs = OF_EVENTS.flatMap((whole) =>
  IN_PIECES.map((pieces) => [JSON.stringify(whole), JSON.stringify(pieces), whole, pieces] as const),
);

test.each(pairs)('%s does to a stream in pieces what it does to a whole one, as does %s', (_whole, _pieces, whole, pieces) => {
  const alone = streamed(whole);
  for (const both of [streamed(whole, pieces), streamed(pieces, whole)]) {
    expect(both.text).toBe(alone.text);
    expect(both.effects.at(-1)).toEqual(alone.effects.at(-1));
  }
});

test('reframed_stream frames events that come in pieces', () => {
  const framing = { reframed_stream: { segments: false, comments: false } } as const;
  const { text } = streamed(framing);
  for (const pieces of IN_PIECES.slice(0, 2)) expect(streamed(framing, pieces).text).toBe(text);
});

test.each([
  ['stream_error', 'reset', { truncated_stream: { after_chunks: 2, end: 'reset' } }],
  ['stream_error', 'close', { truncated_stream: { after_chunks: 2, end: 'close' } }],
  ['stream_error', 'hang', { stalled_stream: { after_chunks: 2 } }],
  ['stalled_stream', 'reset', { connection_reset: { at: 'body', after_bytes: 900 } }],
] as const)('%s strikes no stream that ends by %s before', (name, ending, earlier) => {
  const { text, effects } = streamed({ [name]: { after_chunks: 5 } }, earlier);
  expect(text).toBe(streamed(earlier).text);
  expect(effects.at(-1)).toEqual({ type: ending });
});
