import type { Libraries } from '../libraries.ts';
import { endpoints } from '../openai/endpoints/registry.ts';
import { unknownName } from '../schema/fields.ts';
import { messageOf } from '../text/message-of.ts';
import { compilePattern } from '../text/pattern.ts';

/** What other engines know: `(?=`, `(?!`, `(?<=`, `(?<!`, `\\1`, `\\k<name>`. */
const BEYOND_RE2 = /\(\?<?[=!]|\\(?:[1-9]|k<)/;

/** What is wrong with a pattern that stands at a key; undefined where nothing is. */
export function complaintAbout(pattern: string, key: string, libraries: Libraries): string | undefined {
  try {
    const matches = compilePattern(pattern, libraries);
    const names = endpoints.map(({ name }) => name);
    if (key === 'endpoint' && !names.some(matches)) return unknownName('endpoint', pattern, names);
  } catch (error) {
    const reason = shortened(messageOf(error));
    const advice = BEYOND_RE2.test(pattern) ? '. RE2 has no lookahead, no lookbehind and no backreferences' : '';
    return `invalid regular expression ${shortened(pattern)}: ${reason}${advice}`;
  }
  if (key === 'path' && !/^[/*?]/.test(pattern))
    return `expected a path from its slash on, found ${pattern}. Did you mean /${pattern}?`;
  const flags = key === 'path' ? undefined : /^\/.+\/([a-zA-Z]*[^ims][a-zA-Z]*)$/s.exec(pattern)?.[1];
  return flags === undefined ? undefined : `unknown flags "${flags}" of the regular expression ${pattern}; known: i, m, s`;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
