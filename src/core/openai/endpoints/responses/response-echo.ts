import type { ModelInfo } from '../../models/models.ts';
import { asRecord, type Fields } from '../../request/request.ts';
import { float } from './response-json.ts';
import { modelDefaults } from './response-model.ts';
import { sorted, toolsEcho } from './tool-echo.ts';

/** How an answer was processed. */
type ServedTier = 'default' | 'flex' | 'priority';

/** What a response repeats of its request, with what the service fills in (wire-responses.md 2.1 to 2.3). */
export interface ResponseEcho {
  /** What the filters of the service found; undefined where it tells nothing of them, and who pays instead. */
  readonly contentFilters?: readonly unknown[];
  readonly background: boolean;
  readonly conversation: { readonly id: string } | undefined;
  readonly frequencyPenalty: number;
  readonly instructions: string | null;
  readonly maxOutputTokens: number | null;
  readonly maxToolCalls: number | null;
  readonly model: string;
  readonly parallelToolCalls: boolean;
  readonly presencePenalty: number;
  readonly previousResponseId: string | null;
  readonly prompt: unknown;
  readonly promptCacheKey: string | null;
  readonly promptCacheOptions: unknown;
  readonly promptCacheRetention: 'in_memory' | '24h';
  readonly reasoning: ReasoningEcho;
  readonly safetyIdentifier: string | null;
  /** As the request asks for it: what a response says before it is finished. */
  readonly askedTier: string;
  readonly servedTier: ServedTier;
  readonly store: boolean;
  readonly temperature: number;
  readonly text: TextEcho;
  readonly toolChoice: unknown;
  readonly tools: unknown[];
  readonly topLogprobs: number;
  readonly topP: number;
  readonly truncation: 'auto' | 'disabled';
  readonly user: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Keys in wire order. */
export interface ReasoningEcho {
  readonly context: 'current_turn' | 'all_turns' | null;
  readonly effort: string | null;
  readonly mode?: 'standard';
  readonly summary: string | null;
}

interface TextEcho {
  readonly format: unknown;
  readonly verbosity: string;
}

/** What a response says of the request that it answers. */
export function responseEcho(fields: Fields, model: Pick<ModelInfo, 'snapshot' | 'reasoning'>): ResponseEcho {
  const defaults = modelDefaults(model);
  const { service_tier: tier, conversation } = fields;
  return {
    background: fields['background'] === true,
    conversation: conversationEcho(conversation),
    frequencyPenalty: float(numberOr(fields['frequency_penalty'], 0)),
    instructions: textOrNull(fields['instructions']),
    maxOutputTokens: numberOrNull(fields['max_output_tokens']),
    maxToolCalls: numberOrNull(fields['max_tool_calls']),
    model: model.snapshot,
    parallelToolCalls: fields['parallel_tool_calls'] !== false,
    presencePenalty: float(numberOr(fields['presence_penalty'], 0)),
    previousResponseId: textOrNull(fields['previous_response_id']),
    prompt: fields['prompt'] ?? undefined,
    promptCacheKey: textOrNull(fields['prompt_cache_key']),
    promptCacheOptions: fields['prompt_cache_options'] ?? undefined,
    promptCacheRetention: retentionOf(fields['prompt_cache_retention']) ?? defaults.cacheRetention,
    reasoning: reasoningEcho(asRecord(fields['reasoning']) ?? {}, model),
    safetyIdentifier: textOrNull(fields['safety_identifier']),
    askedTier: typeof tier === 'string' ? tier : 'auto',
    servedTier: servedTier(tier),
    store: fields['store'] !== false,
    temperature: float(numberOr(fields['temperature'], 1)),
    text: textEcho(asRecord(fields['text']) ?? {}),
    toolChoice: toolChoiceEcho(fields['tool_choice']),
    tools: toolsEcho(fields['tools']),
    topLogprobs: numberOr(fields['top_logprobs'], 0),
    topP: float(numberOr(fields['top_p'], defaults.topP)),
    truncation: fields['truncation'] === 'auto' ? 'auto' : 'disabled',
    user: textOrNull(fields['user']),
    metadata: (asRecord(fields['metadata']) ?? {}) as Readonly<Record<string, string>>,
  };
}

function conversationEcho(conversation: unknown): ResponseEcho['conversation'] {
  const id = typeof conversation === 'string' ? conversation : asRecord(conversation)?.['id'];
  return typeof id === 'string' ? { id } : undefined;
}

/** A summary that is `auto` is told as `detailed`. */
function reasoningEcho(reasoning: Fields, model: Pick<ModelInfo, 'snapshot' | 'reasoning'>): ReasoningEcho {
  const { reasoningContext: context, effort } = modelDefaults(model);
  if (context === null) return { context, effort: null, summary: null };
  const { effort: asked, summary = reasoning['generate_summary'] } = reasoning;
  return {
    context,
    effort: typeof asked === 'string' ? asked : effort,
    mode: 'standard',
    summary: summary === 'auto' ? 'detailed' : textOrNull(summary),
  };
}

function textEcho({ format, verbosity }: Fields): TextEcho {
  return { format: formatEcho(asRecord(format)), verbosity: typeof verbosity === 'string' ? verbosity : 'medium' };
}

function formatEcho(format: Fields | undefined): unknown {
  if (format === undefined) return { type: 'text' };
  if (format['type'] !== 'json_schema') return sorted(format);
  const { type, description, name, schema, strict } = format;
  return { type, description: description ?? null, name, schema, strict: strict ?? true };
}

function toolChoiceEcho(choice: unknown): unknown {
  const named = asRecord(choice);
  return named === undefined ? (choice ?? 'auto') : sorted(named);
}

/** The tier that serves: `fast` is another name of `priority`. */
function servedTier(asked: unknown): ServedTier {
  if (asked === 'flex') return 'flex';
  return asked === 'priority' || asked === 'fast' ? 'priority' : 'default';
}

function retentionOf(value: unknown): ResponseEcho['promptCacheRetention'] | undefined {
  if (value === 'in-memory') return 'in_memory';
  return value === 'in_memory' || value === '24h' ? value : undefined;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
