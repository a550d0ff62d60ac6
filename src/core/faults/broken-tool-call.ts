import { z } from 'zod';
import { CALL_DAMAGES } from '../openai/wire/answer-editor.ts';
import { record } from '../schema/fields.ts';
import { defineAnswerFault } from './answer-fault.ts';

/** Two calls, so that they can have something in common. */
const IN_COMMON = ['same_index', 'repeated_id'];

/** A model calls no function of itself here: the fault makes it call one that the request offers. It strikes no request that brings the result of a call. */
export const brokenToolCall = defineAnswerFault({
  name: 'broken_tool_call',
  summary: 'calls a function that the request offers, with arguments, name, index or id that are broken',
  leaves: 'damaged',
  needs: ['generated answer', 'tool call'],
  source: 'https://github.com/ai-dynamo/dynamo/issues/4723 (same_index); unverified (others)',
  params: record({
    how: z
      .enum(CALL_DAMAGES)
      .default('malformed')
      .describe(
        'arguments that break off, have a brace too many, or are empty; a function that was not offered; two calls with one index (in one piece: put together as one), or with one id',
      ),
  }).prefault({}),
  leastCallsWith: ({ how }) => (IN_COMMON.includes(how) ? 2 : 1),
  edit: (editor, { how }) => editor.withDamagedCalls?.(how),
});
