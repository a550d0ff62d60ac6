/** What is installed from npm: a version, or another name of a package with its version. */
const NPM = {
  ai: '7.0.173',
  '@ai-sdk/openai': '4.0.118',
  '@langchain/core': '1.4.0',
  '@langchain/openai': '1.6.0',
  '@openai/agents': '0.20.0',
  '@openai/codex': '0.171.0',
  openai: '7.59.0',
  openai6: 'npm:openai@6.49.0',
  zod: '4.6.7',
};

/** What is installed from PyPI. */
const PYPI = {
  openai: '3.57.0',
  litellm: '1.110.2',
  'langchain-openai': '1.7.4',
  'openai-agents': '0.24.0',
  'pydantic-ai-slim[openai]': '2.68.0',
};

export type NpmName = keyof typeof NPM;
export type PypiName = keyof typeof PYPI;

export const npmVersion = (name: NpmName): string => NPM[name].slice(NPM[name].lastIndexOf('@') + 1);
export const pypiVersion = (name: PypiName): string => PYPI[name];

export const npmPackages = Object.entries(NPM).map(([name, version]) => `${name}@${version}`) as [string, ...string[]];
export const pypiPackages = Object.entries(PYPI).map(([name, version]) => `${name}==${version}`) as [string, ...string[]];
