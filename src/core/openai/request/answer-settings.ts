import type { Ramp } from '../../units/ramp.ts';
import type { ModerationCategory } from '../content/moderation-categories.ts';

/** A duration that varies: constant, uniform between bounds, log-normal given by two percentiles, or changing with time. Milliseconds. */
export type LatencyMs =
  | ({ readonly kind: 'ramp' } & Ramp)
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  | {
      readonly kind: 'lognormal';
      readonly p50Ms: number;
      readonly p95Ms: number;
    };

/** Nothing takes time. */
export const NO_LATENCY = { kind: 'constant', ms: 0 } as const satisfies LatencyMs;

/** A function call the model makes: the arguments as JSON, or as the raw text the model would have written. */
export interface ToolCallSpec {
  readonly name: string;
  readonly arguments: unknown;
}

/** Why an answer ends (wire.md 3.2). */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

/** What a healthy answer says; `undefined` fields leave it to the defaults. At most one kind of content is given. */
export interface ReplySpec {
  readonly content?: string | undefined;
  readonly echo?: true | undefined;
  /** Length of the prose, in tokens. */
  readonly tokens?: number | undefined;
  readonly json?: unknown;
  readonly refusal?: string | undefined;
  /** One entry for `tool_call`, all for `tool_calls`. */
  readonly toolCalls?: readonly ToolCallSpec[] | undefined;
  readonly finishReason?: FinishReason | undefined;
  /** What a reasoning model thinks before it speaks, in tokens. */
  readonly reasoningTokens?: number | undefined;
  /** The summary of these thoughts, where a request asks for one. */
  readonly reasoningSummary?: string | undefined;
  /** A request that ends with the beginning of `content`, as the assistant's, gets the rest of it. */
  readonly continues?: boolean | undefined;
  /** How many numbers each embedding has, whatever the request asks for. */
  readonly dimensions?: number | undefined;
  /** The categories for which a moderation flags its inputs. */
  readonly flagged?: readonly ModerationCategory[] | undefined;
}

/** A model that a scenario declares itself. */
export interface ModelSpec {
  readonly id: string;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** What a filter finds in a text, the least first. */
export const filterSeverities = ['safe', 'low', 'medium', 'high'] as const;

export type FilterSeverity = (typeof filterSeverities)[number];

/** Where Azure is, if the scenario does not say. */
export const USUAL_REGION = 'East US';

/** How Azure is set up. */
export interface AzureSettings {
  /** Deployments, and the models that serve them; undefined where any name is served by the model of that name. */
  readonly deployments: Readonly<Record<string, string>> | undefined;
  /** As errors and headers tell it: `East US`. */
  readonly region: string;
  /** What its filters find in prompts and answers; what is not named is safe. */
  readonly contentFilter: Readonly<Partial<Record<'hate' | 'self_harm' | 'sexual' | 'violence', FilterSeverity>>>;
}

/** The part of a scenario that shapes healthy answers. */
export interface AnswerSettings {
  readonly tokens: 'estimate' | 'exact';
  /** `any` serves every id; `listed` those of the published list; a list those and no other. */
  readonly models: 'any' | 'listed' | readonly ModelSpec[];
  readonly latency: {
    readonly ttft: LatencyMs;
    readonly interToken: LatencyMs;
  };
  /** Undefined where the scenario does not say. */
  readonly azure?: AzureSettings | undefined;
  /** What the first matching entry of `replies` says about this request. */
  readonly reply: ReplySpec;
}
