import { badGateway as answer } from '../openai/errors/errors.ts';
import { record } from '../schema/fields.ts';
import { edgeFormat, formatFor } from './edge-format.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** Cloudflare got no usable answer from OpenAI. */
export const badGateway = defineErrorFault({
  name: 'bad_gateway',
  summary: 'the edge got no usable answer',
  status: 502,
  layer: 'edge',
  errorCodes: ['cf_bad_gateway'],
  source: 'https://github.com/stanfordnlp/dspy/issues/203 (JSON), https://github.com/HKUDS/nanobot/issues/536 (HTML)',
  params: record({ ...errorShape, body: edgeFormat() }).prefault({}),
  error: ({ body }, { request }) => answer(body ?? formatFor(request)),
});
