/*
 * The clients that are probed, each as its users have it. `npm`, `pip` and `go` say what is installed, the client itself first;
 * `module` and `program` what makes the calls.
 */

const openai = (version, note) => ({
  id: `openai-js-${version.split('.')[0]}`,
  name: 'openai',
  language: 'JavaScript',
  npm: [`openai@${version}`],
  module: 'openai.mjs',
  note,
});
const javascript = (id, name, npm, module, note) => ({ id, name, language: 'JavaScript', npm, module, note });
const python = (id, name, pip, note) => ({ id, name, language: 'Python', pip, program: id, note });
const go = (id, name, module, note) => ({ id, name, language: 'Go', go: module, program: id, note });

const POST = 'POST is retried by setting; by default it is not';

export const CLIENTS = [
  openai('7.59.0'),
  openai('6.49.0'),
  openai('4.104.0'),
  javascript('ai-sdk-responses', 'AI SDK, Responses', ['ai@7.0.173', '@ai-sdk/openai@4.0.118'], 'ai-sdk-responses.mjs'),
  javascript('ai-sdk-chat', 'AI SDK, chat', ['ai@7.0.173', '@ai-sdk/openai@4.0.118'], 'ai-sdk-chat.mjs'),
  javascript('langchain-js', 'LangChain', ['@langchain/openai@1.6.0', '@langchain/core@1.4.0'], 'langchain.mjs'),
  javascript('agents-js', 'OpenAI Agents SDK', ['@openai/agents@0.20.0', 'openai@7.59.0', 'zod@4'], 'agents.mjs'),
  javascript('got', 'got', ['got@16.1.0'], 'got.mjs', POST),
  javascript('ky', 'ky', ['ky@2.1.0'], 'ky.mjs', POST),
  javascript('axios-retry', 'axios-retry', ['axios-retry@4.5.0', 'axios@1.21.1'], 'axios-retry.mjs', POST),
  python('openai-python', 'openai', ['openai==3.57.0']),
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
  go('openai-go', 'openai-go', 'github.com/openai/openai-go/v3@v3.99.0'),
  go('go-openai', 'sashabaranov/go-openai', 'github.com/sashabaranov/go-openai@v1.43.0', 'it does not retry'),
  go('retryablehttp', 'go-retryablehttp', 'github.com/hashicorp/go-retryablehttp@v0.7.8'),
];
