import type { MiddlewareHandler } from 'hono';
import { unknownName } from '../../core/schema/fields.ts';
import { problem } from './problem-response.ts';

/** A parameter that the route does not read is a mistake of the caller. */
export function queryOf(...known: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    const unknown = Object.keys(c.req.query()).filter((name) => !known.includes(name));
    if (unknown.length === 0) return await next();
    const detail = unknown.map((name) => unknownName('query parameter', name, known)).join(' ');
    return problem(c, 400, 'The query is wrong.', detail);
  };
}
