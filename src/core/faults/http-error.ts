import { z } from 'zod';
import type { ErrorAnswer } from '../openai/errors/error.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

const ENVELOPE = ['message', 'type', 'param', 'code'] as const;

const params = record({
  ...errorShape,
  status: whole(200, 599).default(500),
  type: z.string().nullable().optional().describe('default invalid_request_error below 500, server_error from there'),
  code: z.union([z.string(), z.number(), z.null()]).optional(),
  param: z.string().nullable().optional(),
  body: z.string().optional().describe('the whole body as it is, in place of the error object'),
  layer: z.enum(['edge', 'gateway', 'api']).default('api').describe('whose format and headers the answer has'),
})
  .refine(({ body, ...error }) => body === undefined || ENVELOPE.every((key) => error[key] === undefined), {
    path: ['body'],
    error: `body replaces the error object: leave out ${ENVELOPE.join(', ')}, or body`,
  })
  .prefault({});

type HttpError = z.output<typeof params>;

/** Whatever the catalogue does not have. */
export const httpError = defineErrorFault({
  name: 'http_error',
  summary: 'answers with any status, error object, headers or body',
  status: 500,
  layer: 'api',
  errorWordParams: ['code', 'type'],
  params,
  example: { status: 418, code: 'teapot', message: 'I am a teapot.' },
  layerWith: ({ layer }) => layer,
  leavesWith: ({ status }) => (status < 400 ? 'undetermined' : 'error'),
  error: ({ body, ...given }) => (body === undefined ? envelope(given) : raw(body, given)),
});

function envelope({ status, layer, type, param, code }: Omit<HttpError, 'body'>): ErrorAnswer {
  const usual = status < 500 ? 'invalid_request_error' : 'server_error';
  const message = `The request ended with HTTP status ${status}.`;
  return {
    status,
    layer,
    asWritten: true,
    error: {
      message,
      type: type === undefined ? usual : type,
      param: param ?? null,
      code: code ?? null,
    },
  };
}

function raw(body: string, { status, layer }: Omit<HttpError, 'body'>): ErrorAnswer {
  return { status, layer, asWritten: true, raw: { contentType: contentTypeOf(body), body } };
}

/** What the body looks like; `headers` may say otherwise. */
function contentTypeOf(body: string): string {
  if (/^\s*[{[]/.test(body)) return 'application/json';
  return /^\s*</.test(body) ? 'text/html' : 'text/plain';
}
