import type { Libraries } from '../libraries.ts';
import { familyOf } from '../openai/models/model-family.ts';
import { compilePattern, globCovers, isWild, type Matcher } from '../text/pattern.ts';
import { type ScenarioFinding, scenarioFinding } from './finding.ts';

/** Patterns with wildcards that are held against those below them: more would take long, and no scenario has them. */
const MAX_COMPARED = 100;

interface Above {
  readonly pattern: string;
  readonly matches: Matcher;
}

/**
 * Entries of `limits` that are never asked, because one above fits every model that they fit. What an expression fits is
 * not worked out: it hides names, and is hidden by `*` alone. Patterns have to be good. Paths begin at the entries.
 */
export function deadLimits(patterns: readonly string[], libraries: Libraries): ScenarioFinding[] {
  const names = new Set<string>();
  const wild: Above[] = [];
  return patterns.flatMap((pattern) => {
    const isName = !isWild(pattern);
    const family = familyOf(pattern);
    const above = isName && names.has(family) ? family : wild.find((each) => hides(each, pattern, isName))?.pattern;
    if (isName) names.add(pattern);
    else if (wild.length < MAX_COMPARED) wild.push({ pattern, matches: compilePattern(pattern, libraries) });
    if (above === undefined) return [];
    const message = `never counts: ${above} above fits the same models, and the first that fits counts`;
    return [scenarioFinding([pattern], message, 'key')];
  });
}

function hides({ pattern: above, matches }: Above, below: string, isName: boolean): boolean {
  if (/^\*+$/.test(above)) return true;
  return globCovers(above, below, matches) || (isName && matches(familyOf(below)));
}
