/** An operation of the API, by the name that `match: { endpoint }` uses. */
interface EndpointRow {
  readonly name: string;
  readonly method: string;
  /** `{…}` stands for one or more characters up to the end of the path. */
  readonly path: string;
  /** Needs an API key and goes through the gateway. */
  readonly authenticated: boolean;
  /** Takes a JSON body that names a model. */
  readonly takesModel: boolean;
  /** The model of a request that names none (wire.md 5); undefined where it has to. */
  readonly defaultModel?: string;
}

const ENDPOINTS = [
  {
    name: 'chat.completions',
    method: 'POST',
    path: '/v1/chat/completions',
    authenticated: true,
    takesModel: true,
  },
  {
    name: 'completions',
    method: 'POST',
    path: '/v1/completions',
    authenticated: true,
    takesModel: true,
  },
  {
    name: 'embeddings',
    method: 'POST',
    path: '/v1/embeddings',
    authenticated: true,
    takesModel: true,
  },
  {
    name: 'moderations',
    method: 'POST',
    path: '/v1/moderations',
    authenticated: true,
    takesModel: true,
    defaultModel: 'omni-moderation-latest',
  },
  {
    name: 'models',
    method: 'GET',
    path: '/v1/models',
    authenticated: true,
    takesModel: false,
  },
  {
    name: 'models.retrieve',
    method: 'GET',
    path: '/v1/models/{id}',
    authenticated: true,
    takesModel: false,
  },
  {
    name: 'models.delete',
    method: 'DELETE',
    path: '/v1/models/{id}',
    authenticated: true,
    takesModel: false,
  },
  {
    name: 'root',
    method: 'GET',
    path: '/',
    authenticated: false,
    takesModel: false,
  },
] as const satisfies readonly EndpointRow[];

export type EndpointName = (typeof ENDPOINTS)[number]['name'];

export interface Endpoint extends EndpointRow {
  readonly name: EndpointName;
}

/** Every endpoint that is served. */
export const endpoints: readonly Endpoint[] = ENDPOINTS;

const BY_NAME = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));

/** The endpoint of that name. */
export function endpointNamed(name: EndpointName): Endpoint | undefined {
  return BY_NAME.get(name);
}

/** Whether it answers by a stream of events when asked to. */
export function mayStream(name: EndpointName | undefined): boolean {
  return name === 'chat.completions' || name === 'completions';
}

/** The model that answers where the request names none. */
export function defaultModelOf(name: EndpointName | undefined): string | undefined {
  return name === undefined ? undefined : BY_NAME.get(name)?.defaultModel;
}

const OPEN = endpoints.filter(({ path }) => path.includes('{'));
/** The others, by method and path. */
const BY_REQUEST = new Map<string, Map<string, Endpoint>>();
for (const endpoint of endpoints) {
  if (OPEN.includes(endpoint)) continue;
  const byPath = BY_REQUEST.get(endpoint.method) ?? new Map<string, Endpoint>();
  BY_REQUEST.set(endpoint.method, byPath.set(endpoint.path, endpoint));
}

/** The endpoint that serves the method and path; undefined when OpenAI would not know the URL. */
export function endpointOf(method: string, path: string): Endpoint | undefined {
  const exact = BY_REQUEST.get(method)?.get(path);
  return exact ?? OPEN.find((endpoint) => endpoint.method === method && pathMatches(endpoint.path, path));
}

function pathMatches(pattern: string, path: string): boolean {
  const prefix = pattern.slice(0, pattern.indexOf('{'));
  return path.length > prefix.length && path.startsWith(prefix);
}
