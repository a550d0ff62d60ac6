import { counterpartOf } from '../dialects/registry.ts';
import { pathWithSession } from '../request/path-with-session.ts';
import { endpointOf } from './registry.ts';

/** URLs that OpenAI has and this mock does not serve: those at the path, and below it. */
interface UnservedFamily {
  readonly path: string;
  /** How a client asks for what is served instead, where that is known. */
  readonly advice?: string;
}

const INSTEAD_OF_ASSISTANTS = 'The Responses API took the place of Assistants; openai: client.responses.create';

/** https://platform.openai.com/docs/api-reference. What is served below one of these paths is in `endpoint.ts`. */
const FAMILIES: readonly UnservedFamily[] = [
  { path: '/v1/responses' },
  { path: '/v1/conversations' },
  { path: '/v1/chat/completions' },
  { path: '/v1/chatkit' },
  { path: '/v1/audio' },
  { path: '/v1/images' },
  { path: '/v1/videos' },
  { path: '/v1/realtime' },
  { path: '/v1/fine_tuning' },
  { path: '/v1/files' },
  { path: '/v1/uploads' },
  { path: '/v1/batches' },
  { path: '/v1/vector_stores' },
  { path: '/v1/assistants', advice: INSTEAD_OF_ASSISTANTS },
  { path: '/v1/threads', advice: INSTEAD_OF_ASSISTANTS },
  { path: '/v1/containers' },
  { path: '/v1/skills' },
  { path: '/v1/evals' },
  { path: '/v1/organization' },
];

/** Model inference of Azure AI Foundry (wire-responses.md 8.1). */
const FOUNDRY = /^\/models\/(?:chat\/completions|embeddings|images\/embeddings|info)$/;
const INSTEAD_OF_FOUNDRY = 'The same models are asked below /openai/v1';

/** A URL that OpenAI has, or that only lacks its session, and this mock does not serve. */
export interface UnservedUrl {
  /** With `{id}` in the place of what names one object. */
  readonly path: string;
  /** What to do about it; empty where nothing better is known than to leave it out. */
  readonly advice: string;
}

/** What is to be said of a URL that OpenAI has, or that lacks its session, and this mock does not serve; undefined for all others. */
export function unservedUrl(method: string, path: string): UnservedUrl | undefined {
  if (path.startsWith('/c/') || path.startsWith('/v1/c/')) return callAlone(path);
  if (FOUNDRY.test(path)) return { path, advice: INSTEAD_OF_FOUNDRY };
  const meant = counterpartOf(path);
  if (!meant.startsWith('/v1/') || endpointOf(method, meant) !== undefined) return undefined;
  const family = FAMILIES.find((one) => meant === one.path || meant.startsWith(`${one.path}/`));
  return family && { path: withoutIds(path), advice: family.advice ?? '' };
}

/** What names a call and what lies below it, of a path that has its session. */
const CALL = /^\/s\/default\/c\/[^/]+(.*)$/;

/** A call that lacks its session, and what would be right. */
function callAlone(path: string): UnservedUrl | undefined {
  const below = CALL.exec(pathWithSession(path) ?? '')?.[1];
  if (below === undefined) return undefined;
  const call = `/c/{call}${below === '' ? '' : withoutIds(below)}`;
  return { path: call, advice: `The URL of a call begins with its session: /s/default${call}` };
}

/** Names of operations have small letters and underscores only; ids have digits or capitals, too. */
const ID = /[^a-z_]/;

function withoutIds(path: string): string {
  const [root, version, ...segments] = path.split('/');
  return [root, version, ...segments.map((segment) => (ID.test(segment) && segment !== 'v1' ? '{id}' : segment))].join('/');
}
