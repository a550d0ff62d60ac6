import { z } from 'zod';
import { cloudflareTimeout as answer } from '../openai/errors/errors.ts';
import { record } from '../schema/fields.ts';
import { edgeFormat, formatFor } from './edge-format.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** OpenAI did not answer Cloudflare in time, or not in HTTP. */
export const cloudflareTimeout = defineErrorFault({
  name: 'cloudflare_timeout',
  summary: 'the edge got no answer at all: 520, 522 or 524 (unverified: the JSON of 520 and 522, the length of the page)',
  status: 524,
  layer: 'edge',
  errorCodes: ['cf_unknown_error', 'cf_connection_timeout', 'cf_gateway_timeout'],
  source:
    'https://github.com/ferrislucas/promptr/issues/32 (JSON of 524), https://github.com/yoheinakajima/babyagi/issues/64 (HTML); unverified: the JSON of 520 and 522, the length of the page',
  params: record({
    ...errorShape,
    status: z
      .literal([520, 522, 524])
      .default(524)
      .describe('520 unknown error, 522 connection timed out, 524 a timeout occurred'),
    body: edgeFormat(),
  }).prefault({}),
  error: ({ status, body }, { request }) => answer(status, body ?? formatFor(request)),
});
