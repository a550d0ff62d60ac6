import type { Head, Header } from '../../wire/effect.ts';
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { createLayout, type HeaderLayout, type HeaderSet } from './layer.ts';

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
  const limits = successes[name].limited ? rateLimitHeaders(context) : NO_HEADERS;
  const { headers, printed } = layoutOf(name, limits).fill(limits, context);
  return { type: 'head', status: 200, headers, printed };
}

const NO_HEADERS: readonly Header[] = [];

const CHUNKED: Header = ['transfer-encoding', 'chunked'];

const layouts: Partial<Record<Success, Map<number, HeaderLayout>>> = {};

/** The headers of a success differ in those of the rate limit alone: their number tells which they are. */
function layoutOf(name: Success, limits: readonly Header[]): HeaderLayout {
  const byNumber = (layouts[name] ??= new Map());
  let layout = byNumber.get(limits.length);
  if (layout === undefined) {
    const { without, also, contentType }: SuccessFormat = successes[name];
    const fixed: readonly Header[] = [['content-type', contentType], CHUNKED];
    layout = createLayout({ layer: 'api', without, also, extra: limits, fixed });
    byNumber.set(limits.length, layout);
  }
  return layout;
}

/** The value as the success prints it. */
export function successText(name: Success, value: unknown): string {
  const { indent = 0, trailingNewline = false }: SuccessFormat = successes[name];
  return JSON.stringify(value, null, indent) + (trailingNewline ? '\n' : '');
}
