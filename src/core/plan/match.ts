import type { Libraries } from '../libraries.ts';
import type { Match } from '../scenario/match-schema.ts';
import { compilePattern } from '../text/pattern.ts';
import { inRange } from '../units/range.ts';
import { bodyCondition, neededInBody } from './body-condition.ts';
import type { Facts } from './facts.ts';
import type { Needed } from './needed.ts';
import type { NeededPart } from './needed-index.ts';
import { neededText } from './needed-text.ts';

type Condition = (facts: Facts) => boolean;

/** Whether a rule or a reply speaks of a request: both of these have to hold. */
export interface RequestMatcher {
  /** Depends on endpoint, dialect, method, model and `stream` alone. */
  readonly kind: Condition;
  /** Everything else. */
  readonly rest: Condition;
  /** What `rest` needs to the letter, so that it need not be asked without; undefined where it needs nothing so. */
  readonly needed: Needed | undefined;
}

/** Whether the matcher speaks of the request. */
export function appliesTo({ kind, rest }: RequestMatcher, facts: Facts): boolean {
  return kind(facts) && rest(facts);
}

const KIND_FACTS: ReadonlySet<string> = new Set(['endpoint', 'dialect', 'method', 'model']);

const TEXT_FACTS: Readonly<Record<string, (facts: Facts) => string | undefined>> = {
  endpoint: ({ request }) => request.endpoint?.name,
  dialect: ({ request }) => request.dialect.name,
  method: ({ request }) => request.method,
  path: ({ request }) => request.path,
  model: (facts) => facts.model,
  key: ({ request }) => request.key,
  prompt: (facts) => facts.prompt,
  user: (facts) => facts.user,
  system: (facts) => facts.system,
  last_role: (facts) => facts.lastRole,
};

/** What the service at /v1 is called where services are told apart. */
export const DEFAULT_SERVICE = 'default';

/** Compiles `match` for a service; cheap conditions are asked first. A missing fact fits no pattern. */
export function compileMatch(match: Match | undefined, libraries: Libraries, service = DEFAULT_SERVICE): RequestMatcher {
  const kind: Condition[] = [];
  const rest: Condition[] = [];
  const { stream, has_tools: hasTools, tokens, header = {}, provider } = match ?? {};
  if (!isMeant(provider, service, libraries)) kind.push(() => false);
  if (stream !== undefined) kind.push((facts) => facts.stream === stream);
  if (hasTools !== undefined) rest.push((facts) => facts.hasTools === hasTools);
  for (const [key, factOf] of Object.entries(TEXT_FACTS)) {
    const pattern = match?.[key as keyof Match];
    if (typeof pattern !== 'string') continue;
    const conditions = KIND_FACTS.has(key) ? kind : rest;
    conditions.push(textCondition(key === 'method' ? pattern.toUpperCase() : pattern, factOf, libraries));
  }
  for (const [name, pattern] of Object.entries(header)) {
    rest.push(textCondition(pattern, (facts) => facts.header(name.toLowerCase()), libraries));
  }
  rest.push(...conditionsOfBody(match ?? {}, libraries));
  if (tokens !== undefined) rest.push((facts) => inRange(facts.tokens, tokens));
  return { kind: all(kind), rest: all(rest), needed: neededFor(match ?? {}) };
}

function isMeant(provider: string | undefined, service: string, libraries: Libraries): boolean {
  return provider === undefined || compilePattern(provider, libraries)(service);
}

const PARTS: readonly NeededPart[] = ['whole', 'beginning', 'piece'];
/** Turns that are looked up one by one. */
const MAX_TURNS = 32;

/** What tells a matcher from most others and is cheap to look up: a whole text, a beginning, a piece, and what has few values at last. */
function neededFor(match: Match): Needed | undefined {
  const texts = neededTexts(match).filter((needed) => needed !== undefined);
  const best = PARTS.map((wanted) => texts.find(({ part }) => part === wanted)).find((needed) => needed !== undefined);
  return best ?? neededTurn(match) ?? neededRole(match);
}

function neededTexts({ body = {}, header = {}, tool_result: result, ...texts }: Match): (Needed | undefined)[] {
  const inBody = Object.entries(body).map(([pointer, wanted]) => neededInBody(pointer, wanted));
  const inHeader = Object.entries(header).map(([name, pattern]) =>
    neededText(pattern, { fact: `header ${name.toLowerCase()}`, textsOf: (facts) => list(facts.header(name.toLowerCase())) }),
  );
  const ofRest = Object.entries(TEXT_FACTS)
    .filter(([key]) => !KIND_FACTS.has(key) && key !== 'last_role')
    .map(([key, factOf]) => {
      const pattern = texts[key as keyof typeof texts];
      return typeof pattern === 'string'
        ? neededText(pattern, { fact: key, textsOf: (facts) => list(factOf(facts)) })
        : undefined;
    });
  const ofResult =
    result === undefined ? undefined : neededText(result, { fact: 'tool_result', textsOf: (facts) => facts.toolResults });
  return [...inBody, ...inHeader, ...ofRest, ofResult];
}

function neededTurn({ turn }: Match): Needed | undefined {
  if (turn === undefined || turn.to - turn.from >= MAX_TURNS) return undefined;
  const texts = Array.from({ length: turn.to - turn.from + 1 }, (_, later) => String(turn.from + later));
  return { fact: 'turn', texts, part: 'whole', textsOf: (facts) => list(facts.turn?.toString()) };
}

function neededRole({ last_role: role }: Match): Needed | undefined {
  return role === undefined ? undefined : neededText(role, { fact: 'last_role', textsOf: (facts) => list(facts.lastRole) });
}

function list(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

/** What has to be said in the body, and in the conversation that it brings. */
function conditionsOfBody({ turn, tool_result: result, body = {} }: Match, libraries: Libraries): Condition[] {
  const conditions = Object.entries(body).map(([pointer, wanted]) => bodyCondition(pointer, wanted, libraries));
  if (turn !== undefined) conditions.push((facts) => facts.turn !== undefined && inRange(facts.turn, turn));
  if (result !== undefined) {
    const fits = compilePattern(result, libraries);
    conditions.push((facts) => facts.toolResults.some(fits));
  }
  return conditions;
}

/** The condition of a matcher that has none. */
export const always: Condition = () => true;

function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return always;
  return (facts) => conditions.every((holds) => holds(facts));
}

function textCondition(pattern: string, factOf: (facts: Facts) => string | undefined, libraries: Libraries): Condition {
  const fits = compilePattern(pattern, libraries);
  return (facts) => {
    const text = factOf(facts);
    return text !== undefined && fits(text);
  };
}
