import type { Carrier } from '../../wire/carrier.ts';
import { batchEndpoints } from './batches/endpoint.ts';
import { chatCompletions } from './chat/endpoint.ts';
import { completions } from './completions/endpoint.ts';
import { conversationEndpoints } from './conversations/endpoint.ts';
import { embeddings } from './embeddings/endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { fileEndpoints } from './files/endpoint.ts';
import { modelEndpoints } from './models/endpoint.ts';
import { moderations } from './moderations/endpoint.ts';
import { responses } from './responses/endpoint.ts';
import { responsesSocket } from './responses/socket/endpoint.ts';
import { storedResponseEndpoints } from './responses/stored/endpoints.ts';
import { inputEndpoints } from './responses/stored/input-endpoints.ts';
import { root } from './root/endpoint.ts';
import { traces } from './traces/endpoint.ts';

const REGISTRY = [
  chatCompletions,
  responses,
  responsesSocket,
  ...inputEndpoints,
  ...storedResponseEndpoints,
  ...conversationEndpoints,
  completions,
  embeddings,
  moderations,
  ...modelEndpoints,
  ...fileEndpoints,
  ...batchEndpoints,
  traces,
  root,
] as const;

/** The names of all endpoints, as a type. */
export type EndpointName = (typeof REGISTRY)[number]['name'];

/** Every endpoint that is served. */
export const endpoints: readonly (Endpoint & { readonly name: EndpointName })[] = REGISTRY;

const BY_NAME = new Map<string, Endpoint>(endpoints.map((endpoint) => [endpoint.name, endpoint]));

/** The endpoint of that name. */
export function endpointNamed(name: string): Endpoint | undefined {
  return BY_NAME.get(name);
}

const WITH_PLACEHOLDER = endpoints.filter(({ path }) => path.includes('{'));
/** The others, by method and path. */
const BY_REQUEST = new Map<string, Map<string, Endpoint>>();
for (const endpoint of endpoints) {
  if (WITH_PLACEHOLDER.includes(endpoint) || endpoint.socket !== undefined) continue;
  const byPath = BY_REQUEST.get(endpoint.method) ?? new Map<string, Endpoint>();
  BY_REQUEST.set(endpoint.method, byPath.set(endpoint.path, endpoint));
}

/** The endpoint that serves the method and path; undefined when OpenAI would not know the URL. HEAD is GET without its body (RFC 9110 §9.3.2). */
export function endpointOf(asked: string, path: string): Endpoint | undefined {
  const method = asked === 'HEAD' ? 'GET' : asked;
  const exact = BY_REQUEST.get(method)?.get(path);
  if (exact !== undefined) return exact;
  const segments = path.split('/');
  return WITH_PLACEHOLDER.find((endpoint) => endpoint.method === method && pathMatches(endpoint, segments));
}

const WITH_SOCKET = endpoints.filter(({ socket }) => socket !== undefined);

/** What answers of an endpoint travel in. */
export function carriersOf({ path, socket }: Pick<Endpoint, 'path' | 'socket'>): readonly Carrier[] {
  if (socket !== undefined) return ['handshake'];
  return socketEndpointOf(path) === undefined ? ['response'] : ['response', 'frames'];
}

/** The endpoint that makes a WebSocket of the connection of a request to that path; undefined when none does. */
export function socketEndpointOf(path: string): Endpoint | undefined {
  return WITH_SOCKET.find((endpoint) => endpoint.path === path);
}

/** The segments of a path with placeholders, and whether the last stands for all that follows. */
interface Pattern {
  readonly segments: readonly string[];
  readonly isOpen: boolean;
}

const PATTERNS = new Map<Endpoint, Pattern>(
  WITH_PLACEHOLDER.map((endpoint) => [
    endpoint,
    { segments: endpoint.path.split('/'), isOpen: endpoint.modelInPath !== undefined },
  ]),
);

function pathMatches(endpoint: Endpoint, segments: readonly string[]): boolean {
  const pattern = PATTERNS.get(endpoint);
  if (pattern === undefined) return false;
  const { segments: wanted, isOpen } = pattern;
  if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return false;
  return wanted.every((segment, place) => {
    const given = segments[place];
    return segment.startsWith('{') ? given !== '' || (isOpen && segments.length > wanted.length) : segment === given;
  });
}
