import type { z } from 'zod';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import { whole } from '../schema/fields.ts';
import type { Carrier } from '../wire/carrier.ts';
import type { Reply } from '../wire/effect.ts';
import { defineFault, type HeartbeatForm, type SlowPart } from './fault.ts';
import type { Leaves } from './leaves.ts';
import type { Moment } from './moment.ts';

/** Where in the stream: after so many content chunks, at the latest after all of them. */
export const afterChunksParam = {
  after_chunks: whole(0).default(3).describe('content chunks that come first; of a shorter answer all of them'),
};

/** Declares a fault of streams: it strikes valid requests that are answered by a stream, and no others. */
export function defineStreamFault<Name extends string, Params extends z.ZodType>(fault: {
  readonly name: Name;
  readonly summary: string;
  readonly leaves: Leaves;
  leavesWith?(params: z.output<Params>): Leaves;
  leavesIn?(grammar: StreamGrammar): Leaves;
  readonly slows?: SlowPart;
  beatsWith?(params: z.output<Params>): HeartbeatForm | undefined;
  pauseWith?(params: z.output<Params>): number | undefined;
  readonly needs?: readonly AnswerFeature[];
  needsWith?(params: z.output<Params>): readonly AnswerFeature[];
  tells?(params: z.output<Params>): string;
  readonly carriers?: readonly Carrier[];
  readonly errorCodes?: readonly string[];
  readonly source?: string;
  readonly params: Params;
  readonly example?: z.input<Params> & object;
  paramsAt?(params: z.output<Params>, moment: Moment): z.output<Params>;
  latenciesWith?(params: z.output<Params>): Readonly<Record<string, LatencyMs>>;
  apply(reply: Reply, params: z.output<Params>, context: ReplyContext): Reply;
}) {
  return defineFault({ ...fault, kind: 'stream', injectedAt: 'api', changes: 'stream' });
}
