import type { Libraries } from '../libraries.ts';
import type { Endpoint } from '../openai/endpoints/endpoint.ts';
import { endpoints } from '../openai/endpoints/registry.ts';
import type { Match } from '../scenario/match-schema.ts';
import { compilePattern } from '../text/pattern.ts';
import { inRange } from '../units/range.ts';

/** A condition that no request to its endpoint meets. */
interface Impossible {
  readonly key: keyof Match;
  /** `no request to models names a model`. */
  readonly why: string;
}

/** A condition, whether requests to the endpoint can meet it, and what is so of those that cannot. */
type Condition = readonly [key: keyof Match, isMet: (endpoint: Endpoint) => boolean, why: (endpoint: Endpoint) => string];

/** The first condition of the match that no request to the endpoints that it names can meet; undefined where it names none. */
export function impossibleIn(match: Match | undefined, libraries: Libraries): Impossible | undefined {
  if (match?.endpoint === undefined) return undefined;
  const named = endpoints.filter(({ name }) => compilePattern(match.endpoint ?? '', libraries)(name));
  const unmet = named.map((endpoint) => {
    const found = conditionsOf(match, libraries).find(([, isMet]) => !isMet(endpoint));
    return found && { key: found[0], why: found[2](endpoint) };
  });
  return unmet.every((each) => each !== undefined) ? unmet[0] : undefined;
}

function conditionsOf(match: Match, libraries: Libraries): Condition[] {
  const { method, path, model, stream, prompt, user, tokens, has_tools: hasTools, body = {} } = match;
  const { system, last_role: last, turn, tool_result: result } = match;
  const inConversation = ({ prompt: reader }: Endpoint) => reader?.thread !== undefined;
  const fits = (pattern: string, text: string) => compilePattern(pattern, libraries)(text);
  const never = (what: string) => (endpoint: Endpoint) => `no request to ${endpoint.name} ${what}`;
  const conditions: (Condition | false)[] = [
    method !== undefined && [
      'method',
      (endpoint) => fits(method.toUpperCase(), endpoint.method),
      (endpoint) => `requests to ${endpoint.name} are sent by ${endpoint.method}`,
    ],
    path !== undefined && [
      'path',
      // The rest of a path that names an object may be any text. Azure has paths of its own.
      (endpoint) => endpoint.path.includes('{') || path.startsWith('/openai/') || fits(path, endpoint.path),
      (endpoint) => `requests to ${endpoint.name} go to ${endpoint.path}`,
    ],
    model !== undefined && [
      'model',
      (endpoint) => hasBody(endpoint) || endpoint.modelInPath !== undefined,
      never('names a model'),
    ],
    stream === true && ['stream', hasBody, never('asks for a stream')],
    prompt !== undefined && ['prompt', (endpoint) => hasBody(endpoint) || fits(prompt, ''), never('has a prompt')],
    user !== undefined && ['user', hasBody, never('names a user')],
    tokens !== undefined && ['tokens', (endpoint) => hasBody(endpoint) || inRange(0, tokens), never('has tokens')],
    system !== undefined && ['system', inConversation, never('has a message of the system')],
    last !== undefined && ['last_role', inConversation, never('has roles')],
    turn !== undefined && ['turn', inConversation, never('has turns')],
    result !== undefined && ['tool_result', inConversation, never('brings the result of a tool')],
    Object.keys(body).length > 0 && ['body', hasBody, never('has a body')],
    hasTools === true && ['has_tools', hasBody, never('has tools')],
  ];
  return conditions.filter((condition) => condition !== false);
}

function hasBody({ method }: Endpoint): boolean {
  return method === 'POST';
}
