import type { Head, Header } from '../../wire/effect.ts';
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import type { HeaderLayout, HeaderProfile, HeaderSet } from './header-profile.ts';

/** How a success of the API service is written (wire.md 2.2, 2.3): its JSON, where it is JSON, and its headers. */
export interface SuccessFormat extends Pick<HeaderSet, 'without' | 'also'> {
  readonly contentType: string;
  /** Spaces per level; 0 prints one line. */
  readonly indent?: number;
  readonly trailingNewline?: boolean;
  /** Carries the state of the rate limit. */
  readonly limited: boolean;
}

/** JSON on many lines, with a newline at its end. */
export const PRINTED = { contentType: 'application/json', indent: 2, trailingNewline: true } as const;

const NO_HEADERS: readonly Header[] = [];
const CHUNKED: Header = ['transfer-encoding', 'chunked'];

/** A kind of success. Its layouts are made once for each dialect: only the number of its rate-limit headers changes them. */
export class Success {
  readonly #format: SuccessFormat;
  readonly #layouts = new Map<HeaderProfile, Map<number, HeaderLayout>>();

  constructor(format: SuccessFormat) {
    this.#format = format;
  }

  /** The head; the body is sent in chunks. */
  head(context: ReplyContext): Head {
    const limits = this.#format.limited ? rateLimitHeaders(context) : NO_HEADERS;
    const { headers, printed } = this.#layoutOf(context.request.dialect.headers, limits).fill(limits, context);
    return { type: 'head', status: 200, headers, printed };
  }

  /** The value as this success prints it. */
  text(value: unknown): string {
    return JSON.stringify(value, null, this.#format.indent ?? 0) + this.ending;
  }

  /** What stands behind a value. */
  get ending(): string {
    return this.#format.trailingNewline === true ? '\n' : '';
  }

  #layoutOf(profile: HeaderProfile, limits: readonly Header[]): HeaderLayout {
    let layouts = this.#layouts.get(profile);
    if (layouts === undefined) this.#layouts.set(profile, (layouts = new Map()));
    let layout = layouts.get(limits.length);
    if (layout === undefined) {
      const { without, also, contentType } = this.#format;
      const fixed: readonly Header[] = [['content-type', contentType], CHUNKED];
      layout = profile.createLayout({ layer: 'api', without, also, extra: limits, fixed });
      layouts.set(limits.length, layout);
    }
    return layout;
  }
}
