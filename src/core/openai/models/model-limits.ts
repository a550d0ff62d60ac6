/** What chat completions and the Responses API refuse of a request to some models. */
interface ModelLimits {
  /** Values of `reasoning_effort`; undefined where any is taken. */
  readonly efforts?: readonly string[];
  /** Values of `reasoning.effort` of the Responses API, where they are others. */
  readonly responsesEfforts?: readonly string[];
  /** What the model takes for `reasoning_effort` when nothing is said. */
  readonly usualEffort?: string;
  /** Fields that are refused when they are given at all (wire.md 400-41). */
  readonly lacks?: readonly string[];
  /** Of these, those that are refused when the model does not reason, too. */
  readonly lacksAlways?: readonly string[];
  /** wire.md 400-43; `avoidable` by `reasoning_effort: none`. */
  readonly noTools?: 'with reasoning' | 'avoidable';
}

const CLASSIC = ['low', 'medium', 'high'];
/** Of wire.md 400-41 `parallel_tool_calls` on o4-mini; the others are in public reports or in OpenAI's guide. */
const NO_SAMPLING = ['top_p', 'logprobs', 'top_logprobs', 'logit_bias'];
const NO_STOP = [...NO_SAMPLING, 'stop'];

/**
 * By what the id begins with, the first that fits. Of the efforts only those of gpt-5.6 are in wire.md (400-42); the
 * others follow OpenAI's guide and are unverified. What gpt-5.6 lacks was measured (wire-responses.md 6.2).
 */
const LIMITS: readonly (readonly [start: RegExp, limits: ModelLimits])[] = [
  [/^(?:o1|o3-mini)(?:-|$)/, { efforts: CLASSIC, lacks: [...NO_SAMPLING, 'parallel_tool_calls'] }],
  [/^o\d/, { efforts: CLASSIC, lacks: [...NO_STOP, 'parallel_tool_calls'] }],
  [/^gpt-5(?:-|$)/, { efforts: ['minimal', ...CLASSIC], lacks: NO_STOP }],
  [/^gpt-5\.1(?:-|$)/, { efforts: ['none', ...CLASSIC], usualEffort: 'none', lacks: NO_STOP }],
  [/^gpt-5\.2(?:-|$)/, { efforts: ['none', ...CLASSIC, 'xhigh'], usualEffort: 'none', lacks: NO_STOP }],
  [
    /^gpt-5\.4(?:-|$)/,
    { efforts: ['none', ...CLASSIC, 'xhigh'], usualEffort: 'none', lacks: NO_STOP, noTools: 'with reasoning' },
  ],
  [
    /^gpt-5\.6(?:-|$)/,
    {
      efforts: ['none', ...CLASSIC, 'xhigh'],
      responsesEfforts: ['none', ...CLASSIC, 'xhigh', 'max'],
      lacks: ['logprobs', 'top_logprobs', 'presence_penalty', 'frequency_penalty'],
      lacksAlways: ['stop', 'logit_bias', 'prediction', 'top_p'],
      noTools: 'avoidable',
    },
  ],
  [/^gpt-/, { lacks: NO_STOP }],
];

/** The limits of a reasoning model. */
export function modelLimits(id: string): ModelLimits {
  const base = id.replace(/^ft:/, '');
  return LIMITS.find(([start]) => start.test(base))?.[1] ?? {};
}
