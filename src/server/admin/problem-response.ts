import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from '../../core/problem.ts';

/** RFC 9457 problem details; `problems` lists every mistake in a scenario. */
export function problem(c: Context, status: ContentfulStatusCode, title: string, more: string | readonly Problem[]): Response {
  const body = { type: 'about:blank', title, status };
  const rest =
    typeof more === 'string'
      ? { detail: more }
      : {
          detail: more.map(({ message }) => message).join('; '),
          problems: more,
        };
  return c.body(JSON.stringify({ ...body, ...rest }), status, {
    'content-type': 'application/problem+json',
  });
}
