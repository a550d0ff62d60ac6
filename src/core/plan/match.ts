import type { Libraries } from '../libraries.ts';
import { compilePattern } from '../pattern.ts';
import { inRange } from '../range.ts';
import type { Match } from '../scenario/match-schema.ts';
import type { Facts } from './facts.ts';

/** Whether a rule or a reply speaks of a request. */
export type RequestMatcher = (facts: Facts) => boolean;

const TEXT_FACTS: Readonly<Record<string, (facts: Facts) => string | undefined>> = {
  endpoint: ({ request }) => request.endpoint,
  method: ({ request }) => request.method,
  path: ({ request }) => request.path,
  model: (facts) => facts.model,
  key: ({ request }) => request.key,
  prompt: (facts) => facts.prompt,
  user: (facts) => facts.user,
};

/** Compiles `match`; cheap conditions are asked first. A missing fact fits no pattern. */
export function compileMatch(match: Match | undefined, libraries: Libraries): RequestMatcher {
  const conditions: RequestMatcher[] = [];
  const { stream, has_tools: hasTools, tokens, header = {} } = match ?? {};
  if (stream !== undefined) conditions.push((facts) => facts.stream === stream);
  if (hasTools !== undefined) conditions.push((facts) => facts.hasTools === hasTools);
  for (const [key, factOf] of Object.entries(TEXT_FACTS)) {
    const pattern = match?.[key as keyof Match];
    if (typeof pattern !== 'string') continue;
    conditions.push(textCondition(key === 'method' ? pattern.toUpperCase() : pattern, factOf, libraries));
  }
  for (const [name, pattern] of Object.entries(header)) {
    conditions.push(textCondition(pattern, (facts) => facts.header(name.toLowerCase()), libraries));
  }
  if (tokens !== undefined) conditions.push((facts) => inRange(facts.tokens, tokens));
  return (facts) => conditions.every((holds) => holds(facts));
}

function textCondition(pattern: string, factOf: (facts: Facts) => string | undefined, libraries: Libraries): RequestMatcher {
  const fits = compilePattern(pattern, libraries);
  return (facts) => {
    const text = factOf(facts);
    return text !== undefined && fits(text);
  };
}
