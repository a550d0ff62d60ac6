import { type NpmName, npmVersion, type PypiName, pypiVersion } from './packages.ts';

type Program = 'javascript' | 'python' | 'codex';

/** A row of the page. */
export interface Client {
  readonly name: string;
  readonly version: string;
  readonly program: Program;
}

const npm = (name: string, from: NpmName, program: Program = 'javascript'): Client => ({
  name,
  version: npmVersion(from),
  program,
});
const pypi = (name: string, from: PypiName): Client => ({ name, version: pypiVersion(from), program: 'python' });

/** The clients that are tried, by the names that the programs know them by. */
export const CLIENTS: readonly Client[] = [
  npm('openai 6', 'openai6'),
  npm('openai 6, responses.stream()', 'openai6'),
  npm('openai 7', 'openai'),
  npm('openai 7, responses.stream()', 'openai'),
  pypi('openai-python', 'openai'),
  pypi('openai-python, responses.stream()', 'openai'),
  npm('AI SDK', 'ai'),
  npm('Agents SDK, JavaScript', '@openai/agents'),
  pypi('Agents SDK, Python', 'openai-agents'),
  pypi('pydantic-ai', 'pydantic-ai-slim[openai]'),
  npm('LangChain, JavaScript', '@langchain/openai'),
  pypi('LangChain, Python', 'langchain-openai'),
  pypi('LiteLLM', 'litellm'),
  npm('Codex', '@openai/codex', 'codex'),
];
