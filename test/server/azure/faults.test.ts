import { beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../../../src/core/faults/registry.ts';
import { createMockOpenAI, type MockOpenAI } from '../../../src/index.ts';

/** How an error is put: Azure's object of two, OpenAI's of four, that of API Management, or one of its own. */
type Form = 'code and message' | 'as OpenAI' | 'statusCode' | 'type, code, message' | 'with innererror';

type Row = readonly [status: number, form: Form, code: string | undefined, text: RegExp];

const KEY = /^Access denied due to invalid subscription key or wrong API endpoint\./;

/** Every error fault of the catalogue: what Azure answers. A fault that is added needs a row. */
const TABLE: Readonly<Record<string, Row>> = {
  invalid_json: [400, 'as OpenAI', undefined, /parse the JSON body/],
  missing_parameter: [400, 'as OpenAI', 'missing_required_parameter', /^Missing required parameter/],
  invalid_type: [400, 'as OpenAI', 'invalid_type', /^Invalid type for/],
  invalid_value: [400, 'as OpenAI', 'invalid_value', /^Invalid value/],
  unsupported_parameter: [400, 'as OpenAI', 'unsupported_parameter', /^Unsupported parameter/],
  context_length_exceeded: [400, 'as OpenAI', 'context_length_exceeded', /maximum context length/],
  max_tokens_too_large: [400, 'as OpenAI', undefined, /max_tokens is too large/],
  content_policy_violation: [
    400,
    'with innererror',
    'content_filter',
    /^The response was filtered due to the prompt triggering Azure OpenAI's/,
  ],
  missing_api_key: [401, 'code and message', '401', KEY],
  invalid_api_key: [401, 'code and message', '401', KEY],
  mismatched_organization: [401, 'code and message', '401', KEY],
  account_deactivated: [401, 'code and message', '401', KEY],
  missing_scopes: [401, 'code and message', 'PermissionDenied', /^The principal lacks the required data action/],
  unsupported_country: [403, 'statusCode', undefined, /^Forbidden$/],
  model_forbidden: [403, 'code and message', 'Forbidden', /does not have access to model/],
  model_not_found: [404, 'type, code, message', 'DeploymentNotFound', /^The API deployment for this resource does not exist\./],
  unknown_url: [404, 'code and message', '404', /^Resource not found$/],
  request_timeout: [408, 'code and message', 'Timeout', /^The operation was timeout\.$/],
  conflict: [409, 'code and message', 'Conflict', /conflicts with another/],
  payload_too_large: [413, 'statusCode', undefined, /^Request Entity Too Large$/],
  unprocessable: [422, 'code and message', 'UnprocessableEntity', /could not be processed/],
  rate_limit: [
    429,
    'code and message',
    'RateLimitReached',
    /^Your requests to mine for gpt-4o in East US have exceeded the call rate limit/,
  ],
  request_too_large: [429, 'code and message', 'rate_limit_exceeded', /^Request too large/],
  insufficient_quota: [429, 'code and message', 'credit_balance_exhausted', /^You have no credits remaining/],
  billing_not_active: [429, 'code and message', 'billing_not_active', /^Your account is not active/],
  slow_down: [429, 'code and message', '429', /^Rate limit is exceeded\. Try again in 2 seconds\.$/],
  server_error: [500, 'code and message', 'InternalServerError', /^The server had an error/],
  bad_gateway: [502, 'statusCode', undefined, /^Bad Gateway$/],
  overloaded: [503, 'code and message', 'ServiceUnavailable', /overloaded/],
  service_unavailable: [503, 'statusCode', undefined, /^Service Unavailable$/],
  gateway_timeout: [504, 'statusCode', undefined, /^Gateway Timeout$/],
  cloudflare_timeout: [524, 'statusCode', undefined, /^The backend gave no answer\.$/],
  deployment_not_found: [404, 'type, code, message', 'DeploymentNotFound', /^The API deployment/],
  unsupported_api_version: [400, 'code and message', 'BadRequest', /^API version not supported$/],
  apim_error: [404, 'statusCode', undefined, /^Resource not found$/],
  http_error: [500, 'as OpenAI', undefined, /^The request ended with HTTP status 500\.$/],
};

const KEYS: Readonly<Record<Form, readonly string[]>> = {
  'code and message': ['code', 'message'],
  'as OpenAI': ['message', 'type', 'param', 'code'],
  'type, code, message': ['type', 'code', 'message'],
  'with innererror': ['message', 'type', 'param', 'code', 'status', 'innererror'],
  statusCode: [],
};

const SURFACES = {
  classic: '/openai/deployments/mine/chat/completions?api-version=2024-08-01-preview',
  v1: '/openai/v1/chat/completions',
} as const;

let mock: MockOpenAI;
beforeAll(async () => {
  mock = await createMockOpenAI({ scenario: { azure: { deployments: { mine: 'gpt-4o', ['m'.repeat(27)]: 'gpt-4o' } } } });
  return () => mock.close();
});

function ask(path: string, fault: string, body: object = {}): Promise<Response> {
  return fetch(`${mock.origin}${path}`, {
    method: 'POST',
    headers: { 'api-key': 'k', 'content-type': 'application/json', 'x-mock-fault': fault },
    body: JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'Hi' }], ...body }),
  });
}

interface Body {
  readonly error?: Readonly<Record<string, unknown>>;
  readonly statusCode?: number;
  readonly message?: string;
}

const errors = faults.filter(({ kind }) => kind === 'error').map(({ name }) => name);

test('the table has every error fault, and no other', () => {
  expect(Object.keys(TABLE).sort()).toEqual([...errors].sort());
});

describe.each(Object.entries(SURFACES))('on the %s surface', (surface, path) => {
  test.each(errors)('%s has status, envelope, code and text of Azure', async (fault) => {
    const [status, form, code, text] = TABLE[fault] as Row;
    const answer = await ask(path, fault);
    const sent = await answer.text();
    const body = JSON.parse(sent) as Body;
    expect(answer.status).toBe(status);
    expect(answer.headers.get('apim-request-id')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const name of ['cf-ray', 'server', 'openai-version', 'openai-organization', 'set-cookie', 'alt-svc']) {
      expect(answer.headers.has(name)).toBe(false);
    }
    if (form === 'statusCode') {
      expect(sent).toMatch(new RegExp(`^\\{ "statusCode": ${status}, "message": ".*" \\}$`));
      expect(body.message).toMatch(text);
      return;
    }
    expect(Object.keys(body)).toEqual(['error']);
    expect(Object.keys(body.error ?? {})).toEqual(KEYS[form]);
    expect(body.error?.['message']).toMatch(text);
    if (code !== undefined) expect(body.error?.['code']).toBe(code);
    expect(mock.journal().at(-1)).toMatchObject({ status, dialect: 'azure', faultApplied: { faults: [{ name: fault }] } });
  });

  test('a rate limit of tokens tells its wait in seconds and milliseconds, and in its text', async () => {
    const answer = await ask(path, 'rate_limit; limit=tokens; retry_after=14500ms');
    expect([answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')]).toEqual(['15', '14500']);
    const under = surface === 'v1' ? 'OpenAI Language Model Instance API' : 'Azure OpenAI API version 2024-08-01-preview';
    expect(await answer.json()).toEqual({
      error: {
        code: 'RateLimitReached',
        message:
          'Your requests to mine for gpt-4o in East US have exceeded the token rate limit for your current OpenAI S0 pricing tier. ' +
          `This request was for ChatCompletions_Create under ${under}. Please retry after 15 seconds. ` +
          'To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.',
      },
    });
    const remaining = answer.headers.get('x-ratelimit-remaining-tokens');
    expect(Number(remaining)).toBeGreaterThanOrEqual(0);
    const isMs = surface === 'classic';
    expect(answer.headers.get('x-ratelimit-reset-tokens')).toMatch(isMs ? /^\d{4,5}$/ : /^\d{1,2}$/);
  });

  test('`retry-after-ms: 0` comes with the words of Foundry, and with no others', async () => {
    const model = 'm'.repeat(27);
    const foundry = await ask(path.replace('mine', model), 'rate_limit; retry_after_ms=0', { model });
    const sent = await foundry.text();
    expect([foundry.headers.get('retry-after'), foundry.headers.get('retry-after-ms')]).toEqual(['1', '0']);
    expect(foundry.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const message = `Your requests to ${model} for ${model} in eastus have exceeded rate limit.`;
    expect(sent).toBe(JSON.stringify({ error: { code: 'RateLimitReached', message, details: message } }));
    const usual = await ask(path, 'rate_limit');
    expect(usual.headers.get('retry-after-ms')).toBe('1000');
  });

  test('the backend behind the gateway tells its wait in its text alone', async () => {
    const answer = await ask(path, 'slow_down');
    expect(answer.status).toBe(429);
    expect([answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')]).toEqual([null, null]);
  });

  test('a hint that the scenario writes is the only one', async () => {
    const answer = await ask(path, 'rate_limit; retry_after={ raw: soon }');
    expect([answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')]).toEqual(['soon', null]);
  });

  test('a filtered prompt has what was captured', async () => {
    const answer = await ask(path, 'content_policy_violation');
    const safe = { filtered: false, severity: 'safe' };
    expect(await answer.text()).toBe(
      JSON.stringify({
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your " +
            'prompt and retry. To learn more about our content filtering policies please read our documentation: ' +
            'https://go.microsoft.com/fwlink/?linkid=2198766',
          type: null,
          param: 'prompt',
          code: 'content_filter',
          status: 400,
          innererror: {
            code: 'ResponsibleAIPolicyViolation',
            content_filter_result: {
              hate: { filtered: true, severity: 'high' },
              jailbreak: { filtered: false, detected: false },
              self_harm: safe,
              sexual: safe,
              violence: safe,
            },
          },
        },
      }),
    );
  });

  test('a message of the scenario takes the place of that of Azure, quotes and all', async () => {
    const answer = await ask(path, '{ rate_limit: { message: \'say "please"\' } }');
    expect(await answer.json()).toEqual({ error: { code: 'RateLimitReached', message: 'say "please"' } });
  });
});

test('a fault of Azure strikes no request to OpenAI', async () => {
  const answers = await Promise.all(
    ['deployment_not_found', 'unsupported_api_version', 'apim_error'].map((fault) =>
      fetch(`${mock.origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer k', 'content-type': 'application/json', 'x-mock-fault': fault },
        body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }),
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('a policy may name the codes of Azure, and a provider of Azure another scenario', async () => {
  const scenario = {
    providers: { backup: { dialect: 'azure' as const, scenario: 'flaky' } },
    expect: { never_retries: ['DeploymentNotFound'] },
  };
  const other = await createMockOpenAI({ scenario });
  expect(other.providers['backup']?.baseURL).toBe(`${other.origin}/s/backup/openai/v1`);
  await other.close();
});
