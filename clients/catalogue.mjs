/*
 * The clients that are probed, each as its users have it. `npm`, `pip`, `go`, `maven` and `cargo` say what is installed, the client
 * itself first; `program` what makes the calls, in the folder of the language; `command` is the script of a client that is a process
 * for each call: `probe` starts such calls in turns, as many at a time as the machine has cores, where it starts those of a module all at once.
 */

const client = (language, source) => (id, name, packages, note, program) => ({
  id,
  name,
  language,
  [source]: packages,
  note,
  program: program ?? id,
});
const javascript = client('JavaScript', 'npm');
const python = client('Python', 'pip');
const go = client('Go', 'go');
const java = client('Java', 'maven');
const rust = client('Rust', 'cargo');

const openai = (version) =>
  javascript(`openai-js-${version.split('.')[0]}`, 'openai', [`openai@${version}`], undefined, 'openai');

const POST = 'POST is retried by setting; by default it is not';

export const CLIENTS = [
  openai('7.59.0'),
  openai('6.49.0'),
  openai('4.104.0'),
  javascript('ai-sdk-responses', 'AI SDK, Responses', ['ai@7.0.173', '@ai-sdk/openai@4.0.118']),
  javascript('ai-sdk-chat', 'AI SDK, chat', ['ai@7.0.173', '@ai-sdk/openai@4.0.118']),
  javascript('ai-sdk-5', 'AI SDK, Responses', ['ai@5.0.277', '@ai-sdk/openai@2.0.130', 'zod@4'], undefined, 'ai-sdk-responses'),
  javascript('langchain-js', 'LangChain', ['@langchain/openai@1.6.0', '@langchain/core@1.4.0'], undefined, 'langchain'),
  javascript('agents-js', 'OpenAI Agents SDK', ['@openai/agents@0.20.0', 'openai@7.59.0', 'zod@4'], undefined, 'agents'),
  javascript('got', 'got', ['got@16.1.0'], POST),
  javascript('ky', 'ky', ['ky@2.1.0'], POST),
  javascript('axios-retry', 'axios-retry', ['axios-retry@4.5.0', 'axios@1.21.1'], POST),
  javascript('undici', 'undici, RetryAgent', ['undici@7.30.2'], POST),
  javascript(
    'portkey',
    'Portkey, gateway',
    ['@portkey-ai/gateway@1.15.2'],
    '`retry: { attempts: 3, use_retry_after_header: true }`, which takes a patched async-retry that npm does not install; it does not retry by itself',
  ),
  python('openai-python', 'openai', ['openai==3.57.0']),
  python('openai-python-2', 'openai', ['openai==2.54.0'], undefined, 'openai-python'),
  python('langchain-python', 'LangChain', ['langchain-openai==1.7.4']),
  python('litellm', 'LiteLLM', ['litellm==1.110.2'], 'num_retries=2'),
  python('pydantic-ai', 'pydantic-ai, Responses', ['pydantic-ai-slim[openai]==2.68.0']),
  python('instructor', 'instructor', ['instructor==1.17.0'], 'max_retries=2'),
  python('agents-python', 'OpenAI Agents SDK', ['openai-agents==0.24.0']),
  python(
    'tenacity',
    'tenacity around httpx',
    ['tenacity==9.2.1', 'httpx==0.28.1'],
    'wait_exponential_jitter, four attempts, on 429, 5xx and transport errors',
  ),
  go('openai-go', 'openai-go', ['github.com/openai/openai-go/v3@v3.99.0']),
  go('go-openai', 'sashabaranov/go-openai', ['github.com/sashabaranov/go-openai@v1.43.0'], 'it does not retry'),
  go('retryablehttp', 'go-retryablehttp', ['github.com/hashicorp/go-retryablehttp@v0.7.8']),
  java('openai-java', 'openai-java', ['com.openai:openai-java:4.101.0']),
  java('langchain4j', 'LangChain4j', ['dev.langchain4j:langchain4j-open-ai:1.19.0']),
  // Jackson as Spring Boot has it: Maven takes older parts of it without the list of Spring Boot.
  java('spring-ai', 'Spring AI', [
    'org.springframework.ai:spring-ai-openai:2.0.1',
    'com.fasterxml.jackson.core:jackson-annotations:2.22',
    'tools.jackson.core:jackson-core:3.1.5',
  ]),
  java('spring-ai-1', 'Spring AI', ['org.springframework.ai:spring-ai-openai:1.1.2']),
  rust('async-openai', 'async-openai', ['async-openai@0.43.0 --features chat-completion', 'reqwest@0.13', 'futures@0.3']),
  rust(
    'reqwest-retry',
    'reqwest-retry',
    ['reqwest-retry@0.9.1', 'reqwest-middleware@0.5', 'reqwest@0.13'],
    'three retries, its default policy otherwise',
  ),
  {
    id: 'codex',
    name: 'Codex CLI, Responses',
    language: 'command line',
    npm: ['@openai/codex@0.171.0'],
    note: '`codex exec`, a process for each call; it retries a 429 with Retry-After, and none without',
    command: 'codex.sh',
  },
];
