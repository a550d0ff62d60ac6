import { CLASSIC_API_VERSION } from '../../core/openai/dialects/azure/api-versions.ts';
import type { DialectName } from '../../core/openai/dialects/dialect-name.ts';
import { basePathOf } from '../../core/openai/dialects/registry.ts';
import { endpointVariable, providerVariable } from '../../core/scenario/provider-variable.ts';
import { authorityVariables } from './trusted-certificates.ts';

/** Where clients find the mock. */
export interface ClientTarget {
  /** `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Where the admin API is, if that is elsewhere. */
  readonly adminOrigin?: string;
  readonly apiKey: string;
  /** The file of the authority that signs the certificate of the mock; undefined where it speaks plain HTTP. */
  readonly authorityFile?: string | undefined;
  /** The further services of the scenario. */
  readonly providers?: readonly { readonly name: string; readonly dialect?: DialectName | undefined }[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/**
 * The environment for a program whose OpenAI clients are to talk to the mock. A real key and a real address that stand
 * in it are replaced, so that a test can neither spend money nor leak the key.
 */
export function clientEnvironment(
  inherited: Environment,
  { origin, adminOrigin = origin, apiKey, authorityFile, providers = [] }: ClientTarget,
): Environment {
  const baseURL = `${origin}/v1`;
  const noProxy = withLoopback(`${inherited['NO_PROXY'] ?? ''},${inherited['no_proxy'] ?? ''}`);
  return {
    ...inherited,
    // The official SDKs, and most others.
    OPENAI_BASE_URL: baseURL,
    OPENAI_API_KEY: apiKey,
    // LangChain, LiteLLM, aider, openai-python before 1.0.
    OPENAI_API_BASE: baseURL,
    // Open WebUI.
    OPENAI_API_BASE_URL: baseURL,
    // goose: without /v1, which its default path has.
    OPENAI_HOST: origin,
    OPENAI_BASE_PATH: undefined,
    // Spring AI: without /v1 too.
    SPRING_AI_OPENAI_BASE_URL: origin,
    SPRING_AI_OPENAI_API_KEY: apiKey,
    // Clients of Azure, which put /openai behind it. LiteLLM has names of its own.
    AZURE_OPENAI_ENDPOINT: origin,
    AZURE_OPENAI_API_KEY: apiKey,
    OPENAI_API_VERSION: CLASSIC_API_VERSION,
    AZURE_API_BASE: origin,
    AZURE_API_KEY: apiKey,
    AZURE_API_VERSION: CLASSIC_API_VERSION,
    // Proxies would take the traffic; LangChain has one of its own.
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    OPENAI_PROXY: undefined,
    // The OpenAI Agents SDK sends its traces to the real host, with the key of the mock.
    OPENAI_AGENTS_DISABLE_TRACING: '1',
    // For scripts.
    MOCK_OPENAI_ORIGIN: origin,
    MOCK_OPENAI_ADMIN_URL: `${adminOrigin}/__admin`,
    ...(authorityFile === undefined ? {} : authorityVariables(authorityFile)),
    ...Object.fromEntries(providers.flatMap((provider) => variablesOf(provider, origin))),
  };
}

/** A client of Azure takes the endpoint, one of OpenAI the base URL. */
function variablesOf({ name, dialect }: NonNullable<ClientTarget['providers']>[number], origin: string): [string, string][] {
  const endpoint = `${origin}/s/${name}`;
  const variables: [string, string][] = [[providerVariable(name), `${endpoint}${basePathOf(dialect)}`]];
  return dialect === 'azure' ? [...variables, [endpointVariable(name), endpoint]] : variables;
}

function withLoopback(list: string): string {
  const hosts = list.split(',').flatMap((host) => (host.trim() === '' ? [] : [host.trim()]));
  return hosts.includes('*') ? '*' : [...new Set([...hosts, ...LOOPBACK])].join(',');
}
