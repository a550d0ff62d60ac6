import type { Head, Header } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { createLayout, type HeaderLayout, type HeaderSet } from './layer.ts';
import { rateLimitHeaders } from './rate-limit.ts';

/** How a success is written: its JSON, where it is JSON in one piece, and which headers it has. */
interface SuccessFormat extends Pick<HeaderSet, 'without' | 'also'> {
  readonly contentType: string;
  /** Spaces per level; 0 prints one line. */
  readonly indent?: number;
  readonly trailingNewline?: boolean;
  /** Carries the state of the rate limit. */
  readonly limited: boolean;
}

const JSON_TYPE = 'application/json';
const PRINTED = { contentType: JSON_TYPE, indent: 2, trailingNewline: true } as const;

/**
 * Every success of the API service: bodies and content types (wire.md 2.2), headers (wire.md 2.3). That a float embedding
 * has no newline at its end is an inference from "one line".
 */
const successes = {
  'chat.completions': { ...PRINTED, limited: true },
  'chat.completions stream': { contentType: 'text/event-stream; charset=utf-8', limited: true },
  completions: { ...PRINTED, limited: true },
  'completions stream': { contentType: 'text/event-stream', limited: true },
  'embeddings float': { contentType: JSON_TYPE, indent: 0, limited: true },
  'embeddings base64': { ...PRINTED, limited: true },
  models: { ...PRINTED, limited: false, without: ['openai-organization'], also: ['access-control-allow-origin'] },
  moderations: { contentType: JSON_TYPE, indent: 2, limited: false },
} as const satisfies Readonly<Record<string, SuccessFormat>>;

export type Success = keyof typeof successes;

/** The head of a success; its body is sent in chunks. */
export function successHead(name: Success, context: ReplyContext): Head {
  const { contentType, limited }: SuccessFormat = successes[name];
  const extra: readonly Header[] = [...(limited ? rateLimitHeaders(context) : []), ['content-type', contentType], CHUNKED];
  return { type: 'head', status: 200, ...layoutOf(name, extra).fill(extra, context) };
}

const CHUNKED: Header = ['transfer-encoding', 'chunked'];

const layouts: Partial<Record<Success, Map<number, HeaderLayout>>> = {};

/** The headers of a success differ in those of the rate limit alone: their number tells which they are. */
function layoutOf(name: Success, extra: readonly Header[]): HeaderLayout {
  const { without, also }: SuccessFormat = successes[name];
  const byNumber = (layouts[name] ??= new Map());
  let layout = byNumber.get(extra.length);
  if (layout === undefined) {
    layout = createLayout('api', new Set(without), also ?? [], extra);
    byNumber.set(extra.length, layout);
  }
  return layout;
}

/** The value as the success prints it. */
export function successText(name: Success, value: unknown): string {
  const { indent = 0, trailingNewline = false }: SuccessFormat = successes[name];
  return JSON.stringify(value, null, indent) + (trailingNewline ? '\n' : '');
}
