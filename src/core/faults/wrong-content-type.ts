import { z } from 'zod';
import { record } from '../schema/fields.ts';
import type { Header } from '../wire/effect.ts';
import { defineFault } from './fault.ts';

/** The body is what it would have been; only what it is called changes. */
export const wrongContentType = defineFault({
  name: 'wrong_content_type',
  summary: 'answers as usual under another Content-Type',
  leaves: 'mislabelled',
  carriers: ['response'],
  kind: 'transport',
  injectedAt: 'edge',
  params: record({
    content_type: z
      .string()
      .regex(/^[\x21-\x7e][\x20-\x7e]*$/)
      .default('text/html; charset=utf-8'),
  }).prefault({}),
  *apply(reply, { content_type: type }) {
    const renamed = ([name, value]: Header): Header => [name, name.toLowerCase() === 'content-type' ? type : value];
    for (const effect of reply) yield effect.type === 'head' ? { ...effect, headers: effect.headers.map(renamed) } : effect;
  },
});
