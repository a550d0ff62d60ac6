/* What samples of refused requests are made of. */

export interface Measured {
  readonly isServed?: boolean;
  readonly bodyBytes?: number;
  readonly promptTokens?: number;
}

export const VALID = { model: 'my-model', input: 'ping' };
export const on = (model: string, fields: object = {}) => ({ ...VALID, model, ...fields });
export const item = (...items: unknown[]) => ({ ...VALID, input: items });
export const userSaid = (content: unknown) => item({ role: 'user', content });
export const assistantSaid = (content: unknown) => item({ role: 'assistant', content });
export const EFFORTS = "'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'";
export const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
export const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'done' });
export const reasoning = (id: string) => ({ type: 'reasoning', id, summary: [] });
export const schema = { type: 'object', properties: { location: { type: 'string' }, unit: { type: 'string' } } };

export type Golden = readonly [
  check: string,
  text: string,
  fields: object,
  message: string,
  param: string | null,
  code: string | null,
  more?: Measured & { readonly status?: number },
];

export const type = (param: string, expected: string, found: string) =>
  [`Invalid type for '${param}': expected ${expected}, but got ${found} instead.`, param, 'invalid_type'] as const;
export const value = (param: string, found: string, supported: string, at = param) =>
  [`Invalid value: '${found}'. Supported values are: ${supported}.`, at, 'invalid_value'] as const;
export const missing = (param: string) =>
  [`Missing required parameter: '${param}'.`, param, 'missing_required_parameter'] as const;
export const unknown = (param: string, hint = '') =>
  [`Unknown parameter: '${param}'.${hint}`, param, 'unknown_parameter'] as const;
export const moved = (param: string, to: string) =>
  [
    `Unsupported parameter: '${param}'. In the Responses API, this parameter has moved to '${to}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
    null,
    'unsupported_parameter',
  ] as const;
