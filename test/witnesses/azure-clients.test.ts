import { copyFileSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type OpenedSession, type ScenarioInput } from '../../src/index.ts';
import { NPM, PYPI, SEMANTIC_KERNEL } from './azure/packages.ts';
import { installFromNpm, installFromPypi, pythonOf } from './installed-packages.ts';
import { seenBy } from './seen-by.ts';

/*
 * What released clients of Azure OpenAI make of its answers and errors: each maps every error to its class, streams, and comes
 * through a rate limit.
 */

const WHOLE = 'Hello there.';
const CALLS = 5;
const CASES = ['json', 'stream', 'rate-limited'] as const;

/** What a client makes of a fault: by its name, with the status. */
type Seen = Readonly<Record<string, string>>;

const OFFICIAL: Seen = {
  content_policy_violation: 'BadRequestError 400',
  unsupported_api_version: 'BadRequestError 400',
  invalid_api_key: 'AuthenticationError 401',
  model_forbidden: 'PermissionDeniedError 403',
  deployment_not_found: 'NotFoundError 404',
  apim_error: 'NotFoundError 404',
  request_timeout: 'APIError 408',
  conflict: 'ConflictError 409',
  rate_limit: 'RateLimitError 429',
  server_error: 'InternalServerError 500',
  bad_gateway: 'InternalServerError 502',
  overloaded: 'InternalServerError 503',
};

/** One class for all. */
const AI_SDK: Seen = Object.fromEntries(
  Object.entries(OFFICIAL).map(([fault, seen]) => [fault, `APICallError ${seen.split(' ')[1]}`]),
);

const LANGCHAIN: Seen = {
  content_policy_violation: 'OpenAIInvalidRequestError 400',
  unsupported_api_version: 'OpenAIInvalidRequestError 400',
  invalid_api_key: 'OpenAIAuthenticationError 401',
  model_forbidden: 'OpenAIPermissionDeniedError 403',
  deployment_not_found: 'OpenAIModelNotFoundError 404',
  apim_error: 'OpenAIModelNotFoundError 404',
  request_timeout: 'APIStatusError 408',
  conflict: 'ConflictError 409',
  rate_limit: 'OpenAIRateLimitError 429',
  server_error: 'OpenAIAPIError 500',
  bad_gateway: 'OpenAIAPIError 502',
  overloaded: 'OpenAIAPIError 503',
};

const LITELLM: Seen = {
  ...OFFICIAL,
  content_policy_violation: 'ContentPolicyViolationError 400',
  model_forbidden: 'APIError 403',
  request_timeout: 'Timeout 408',
  conflict: 'APIError 409',
  server_error: 'APIError 500',
  bad_gateway: 'BadGatewayError 502',
  overloaded: 'ServiceUnavailableError 503',
};

/** Wraps what the SDK raises. */
const KERNEL: Seen = {
  ...Object.fromEntries(
    Object.entries(OFFICIAL).map(([fault, seen]) => [fault, `ServiceResponseException ${seen.split(' ')[1]}`]),
  ),
  content_policy_violation: 'ContentFilterAIException 400',
};

interface Client {
  readonly name: string;
  readonly program: 'javascript' | 'python' | 'kernel';
  readonly endpoint: string;
  readonly errors: Seen;
}

const CLIENTS: readonly Client[] = [
  { name: 'openai 6', program: 'javascript', endpoint: 'chat.completions', errors: OFFICIAL },
  { name: 'openai 7', program: 'javascript', endpoint: 'chat.completions', errors: OFFICIAL },
  { name: 'AI SDK', program: 'javascript', endpoint: 'responses', errors: AI_SDK },
  { name: 'AI SDK, chat', program: 'javascript', endpoint: 'chat.completions', errors: AI_SDK },
  {
    name: 'openai-python',
    program: 'python',
    endpoint: 'chat.completions',
    errors: { ...OFFICIAL, request_timeout: 'APIStatusError 408' },
  },
  { name: 'LangChain, Python', program: 'python', endpoint: 'chat.completions', errors: LANGCHAIN },
  { name: 'LiteLLM', program: 'python', endpoint: 'chat.completions', errors: LITELLM },
  { name: 'Semantic Kernel, Python', program: 'kernel', endpoint: 'chat.completions', errors: KERNEL },
];

const here = (name: string) => fileURLToPath(new URL(`azure/${name}`, import.meta.url));
const key = (client: string, what: string) => `${client} · ${what}`;

let mock: MockOpenAI;
let folder = '';
const sessions = new Map<string, OpenedSession>();
const seen = new Map<string, string>();
const missing = new Map<Client['program'], string | undefined>();

function scenarioOf(what: string): ScenarioInput | 'rate-limited' {
  const replies = [{ content: WHOLE }];
  if (what === 'rate-limited') return what;
  return what in OFFICIAL ? { replies, rules: [{ fault: what as 'conflict' }] } : { replies };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mock-openai-azure-'));
  mock = await createMockOpenAI();
  for (const { name, errors } of CLIENTS)
    for (const what of [...CASES, ...Object.keys(errors)])
      sessions.set(key(name, what), mock.session({ scenario: scenarioOf(what) }));
  await Promise.all([seeWithNode(), seeWithPython('python', PYPI, 'clients.py')]);
  await seeWithPython('kernel', SEMANTIC_KERNEL, 'semantic_kernel_client.py');
}, 900_000);

afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

async function seeWithNode(): Promise<void> {
  const reason = await installFromNpm(folder, NPM);
  missing.set('javascript', reason);
  if (reason !== undefined) return;
  copyFileSync(here('clients.mjs'), join(folder, 'clients.mjs'));
  await runProgram('javascript', process.execPath, join(folder, 'clients.mjs'));
}

async function seeWithPython(
  program: Client['program'],
  packages: typeof PYPI | typeof SEMANTIC_KERNEL,
  file: string,
): Promise<void> {
  const environment = join(folder, program);
  const reason = await installFromPypi(environment, packages);
  missing.set(program, reason);
  if (reason === undefined) await runProgram(program, pythonOf(environment), here(file));
}

/** Runs the clients of a program, and takes down what they say that they saw. */
async function runProgram(program: Client['program'], command: string, file: string): Promise<void> {
  const endpoints = CLIENTS.filter((client) => client.program === program).map(({ name, errors }) => [
    name,
    Object.fromEntries(
      [...CASES, ...Object.keys(errors)].map((what) => [what, sessions.get(key(name, what))?.baseURL.replace(/\/v1$/, '')]),
    ),
  ]);
  const { OPENAI_BASE_URL: _base, OPENAI_API_BASE: _older, ...inherited } = process.env;
  const env = {
    ...inherited,
    WHOLE,
    CALLS: String(CALLS),
    ENDPOINTS: JSON.stringify(Object.fromEntries(endpoints)),
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  };
  for (const [name, what, saw] of await seenBy(command, file, { cwd: folder, env })) seen.set(key(name, what), saw);
}

describe.each(CLIENTS)('$name', ({ name, program, endpoint, errors }) => {
  test('chats and streams', ({ skip }) => {
    const reason = missing.get(program);
    if (reason !== undefined) skip(reason);
    expect([seen.get(key(name, 'json')), seen.get(key(name, 'stream'))]).toEqual(['answer', 'answer']);
    expect(sessions.get(key(name, 'json'))?.journal()[0]).toMatchObject({ dialect: 'azure', endpoint });
  });

  test('maps each error to a class', ({ skip }) => {
    const reason = missing.get(program);
    if (reason !== undefined) skip(reason);
    expect(Object.fromEntries(Object.keys(errors).map((fault) => [fault, seen.get(key(name, fault))]))).toEqual(errors);
  });

  // Each retries two times and waits for as long as `retry-after` or `retry-after-ms` says.
  test('comes through a rate limit, and the verdict is PASS', ({ skip }) => {
    const reason = missing.get(program);
    if (reason !== undefined) skip(reason);
    expect(seen.get(key(name, 'rate-limited'))).toBe('answers');
    const session = sessions.get(key(name, 'rate-limited'));
    expect(session?.calls().map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(
      Array.from({ length: CALLS }, () => [429, 429, 200]),
    );
    expect(session?.verdict(undefined, { ended: true }).verdict).toBe('pass');
  });
});
