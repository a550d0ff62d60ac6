import type { z } from 'zod';
import type { DialectName } from '../openai/dialects/dialect-name.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import type { Layer } from '../openai/wire/layer.ts';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import type { Carrier } from '../wire/carrier.ts';
import type { Reply } from '../wire/effect.ts';
import type { Protocol } from '../wire/protocol.ts';
import type { Leaves } from './leaves.ts';
import type { Moment } from './moment.ts';

/**
 * How far something has to get for a fault to strike it: `accept` needs no more than a connection, a layer a request. What strikes the
 * `listener` needs neither: it strikes by the clock.
 */
export type InjectionPoint = 'listener' | 'accept' | Layer;

/** How an answer is sent: as a stream of events, or as a whole. */
export type AnswerKind = 'stream' | 'whole';

/** How signs of life are sent: as comment lines, as data of events, as data of events with a name. */
export type HeartbeatForm = 'comment' | 'data' | 'event';

/** A part of an answer: status line and header fields, every few bytes of the body, or every chunk of a stream. */
export type SlowPart = 'head' | 'body' | 'chunks';

/** What a fault is, in words and as a function from reply to reply. */
export interface Fault {
  /** Snake-case name, as scenarios write it. */
  readonly name: string;
  /** One line: what happens. */
  readonly summary: string;
  readonly kind: 'error' | 'transport' | 'stream' | 'answer';
  /** It answers, or never does, whatever would have come: nothing after it in a list takes effect. */
  readonly terminal?: true;
  /** The same, where it depends on the parameters. */
  terminalWith?(params: never): boolean;
  readonly leaves: Leaves;
  /** The same, where it depends on the parameters. */
  leavesWith?(params: never): Leaves;
  /** The same, where it depends on how the family writes its streams. */
  leavesIn?(grammar: StreamGrammar): Leaves;
  /** Requests that its client sends on the connection before it reads of it are thrown away, and are in no journal. */
  hidesRequests?(params: never): boolean;
  /** The part of a whole answer that comes late. */
  readonly slows?: SlowPart;
  /** What its signs of life are that carry nothing; undefined where it sends none. */
  beatsWith?(params: never): HeartbeatForm | undefined;
  /** The stream of its answer goes on after a silence of so many milliseconds; undefined where it never does, or nobody can say. */
  pauseWith?(params: never): number | undefined;
  /** It stands for a refusal by a limit: its request draws from the buckets what a refused one draws. */
  readonly refusesByLimit?: true;
  /** HTTP status the client sees; undefined where the fault sends none of its own. */
  readonly status?: number;
  /**
   * Where it strikes, if the parameters do not say otherwise. `edge` before the key is looked at; `gateway` before
   * parameters are validated; `api` only a request that is valid.
   */
  readonly injectedAt: InjectionPoint;
  injectedAtWith?(params: never): InjectionPoint;
  /** It changes only answers that are sent in this way, and strikes no request that is answered in the other. */
  readonly changes?: AnswerKind;
  /** What an answer has to have for it: it strikes no request whose answer is without. */
  readonly needs?: readonly AnswerFeature[];
  /** The same, where it depends on the parameters. */
  needsWith?(params: never): readonly AnswerFeature[];
  /** What it does with the parameters, in words, where the parameters alone do not tell. */
  tells?(params: never): string;
  /** What an answer has to travel in for it to mean something; without it, it means something in all. */
  readonly carriers?: readonly Carrier[];
  /** The versions of HTTP that have it: it strikes no request by another. Without it, all have it. */
  readonly protocols?: readonly Protocol[];
  /** It strikes connections that are being opened by TLS, and none without. */
  readonly needsTls?: true;
  /** The services that have it: it strikes no request to another. Without it, all have it. */
  readonly dialects?: readonly DialectName[];
  /** So many functions the answer has to call at least: it is made to, where the request offers any. */
  leastCallsWith?(params: never): number;
  /** The parameters as they are at a moment of the rule: the very same object where they do not depend on it. */
  paramsAt?(params: never, moment: Moment): unknown;
  /** The waits that it adds, by what the parameters call them. */
  latenciesWith?(params: never): Readonly<Record<string, LatencyMs>>;
  /** What it says depends on when its rule is over: a rule that never is has no use for it. */
  needsEndWith?(params: never): boolean;
  /** Codes and types of the errors that it answers with, but for `invalid_request_error`. */
  readonly errorCodes?: readonly string[];
  /** Parameters whose text becomes the code or the type of its error. */
  readonly errorWordParams?: readonly string[];
  /** Addresses where the text was seen, `unverified` where OpenAI's own is not known, or both and what is which. */
  readonly source?: string;
  /** The parameters: an object schema in which everything is optional. */
  readonly params: z.ZodType;
  /** Parameters that show best what it can do, where one that is made up from the schema does not. */
  readonly example?: object;
  apply(reply: Reply, params: never, context: ReplyContext): Reply;
}

/** Declares a fault; ties the type of `apply`'s parameters to the schema. */
export function defineFault<Name extends string, Params extends z.ZodType>(fault: {
  readonly name: Name;
  readonly summary: string;
  readonly kind: Fault['kind'];
  readonly terminal?: true;
  terminalWith?(params: z.output<Params>): boolean;
  readonly leaves: Leaves;
  leavesWith?(params: z.output<Params>): Leaves;
  leavesIn?(grammar: StreamGrammar): Leaves;
  hidesRequests?(params: z.output<Params>): boolean;
  readonly slows?: SlowPart;
  beatsWith?(params: z.output<Params>): HeartbeatForm | undefined;
  pauseWith?(params: z.output<Params>): number | undefined;
  readonly refusesByLimit?: true;
  readonly status?: number;
  readonly injectedAt: InjectionPoint;
  injectedAtWith?(params: z.output<Params>): InjectionPoint;
  readonly changes?: AnswerKind;
  readonly needs?: readonly AnswerFeature[];
  needsWith?(params: z.output<Params>): readonly AnswerFeature[];
  tells?(params: z.output<Params>): string;
  readonly carriers?: readonly Carrier[];
  readonly protocols?: readonly Protocol[];
  readonly needsTls?: true;
  readonly dialects?: readonly DialectName[];
  leastCallsWith?(params: z.output<Params>): number;
  paramsAt?(params: z.output<Params>, moment: Moment): z.output<Params>;
  latenciesWith?(params: z.output<Params>): Readonly<Record<string, LatencyMs>>;
  needsEndWith?(params: z.output<Params>): boolean;
  readonly errorCodes?: readonly string[];
  readonly errorWordParams?: readonly string[];
  readonly source?: string;
  readonly params: Params;
  readonly example?: z.input<Params> & object;
  apply(reply: Reply, params: z.output<Params>, context: ReplyContext): Reply;
}) {
  return fault;
}
