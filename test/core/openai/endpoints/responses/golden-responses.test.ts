import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { responseAnswer } from '../../../../../src/core/openai/endpoints/responses/response-answer.ts';
import { printOf } from '../../../../../src/core/openai/endpoints/responses/response-print.ts';
import { responseEvents } from '../../../../../src/core/openai/endpoints/responses/response-stream.ts';
import { collect } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../../../support/reply-context.ts';

/* Two captures of one request, with their ids and times (wire-responses.md 11). */

const BODY = { model: 'gpt-5.6-terra', input: 'ping', max_output_tokens: 16 };
const answer = responseAnswer(
  replyContext({
    request: apiRequest({ path: '/v1/responses', body: BODY }),
    settings: { ...plainSettings, reply: { content: 'pong', reasoningTokens: 0 } },
  }),
);

test('the body of G1 is the capture, byte for byte', () => {
  const body = printOf(answer).body({
    id: 'resp_02442014059fe2e0006a91e2b4171c87d09bd3cd11db720b15',
    createdAt: 1787945652,
    completedAt: 1787945652,
    items: [{ id: 'msg_02442014059fe2e0006a91e2b4e55887d0b9c1aa675883cc01', callId: '', seal: '' }],
  });
  expect(Buffer.byteLength(body)).toBe(2022);
  expect(sha256(body)).toBe('3a8fa88633be3625dca776acdd4e9a5f4ca3d86dc26d53ad9973986b3bd044d3');
});

test('the stream of G2 is the capture, byte for byte', () => {
  const times = [1787945653, 1787945654];
  const events = responseEvents(answer, {
    draws: {
      response: () => 'resp_058d81c1884c3b50006a91e2b58db887d0bcfa4d1b65e9bdeb',
      item: () => ({ id: 'msg_058d81c1884c3b50006a91e2b6452487d0b0baa301b2888a7e', callId: '', seal: '' }),
      seal: () => '',
    },
    obfuscate: (length) => 'axh0jSQQikAc'.slice(0, length),
    *deltas(writer, text) {
      yield* writer.pieces(text.pieces());
    },
    createdMs: 1787945653000,
    wall: () => (times.shift() ?? 1787945654) * 1_000,
  });
  const { text } = collect(events);
  expect(Buffer.byteLength(text)).toBe(5521);
  expect(sha256(text)).toBe('e99e1b2dba05ec8647a171235c16f21c04bc87298b23fbb6e93b1c4476628b1e');
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
