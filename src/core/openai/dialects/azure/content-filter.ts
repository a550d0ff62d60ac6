import { type AnswerSettings, type AzureSettings, type FilterSeverity, filterSeverities } from '../../request/answer-settings.ts';

const CATEGORIES = ['hate', 'self_harm', 'sexual', 'violence'] as const;

/** What filters found, by category; what is not named is safe. */
export type FilterFindings = AzureSettings['contentFilter'] & { readonly isFiltered?: boolean };

/** One category of a result. */
interface FilterResult {
  readonly filtered: boolean;
  readonly severity: FilterSeverity;
}

/** What the filters found, keys in wire order (wire-responses.md 8.4). Where something was filtered, it is the worst of it. */
export function contentFilterResults(found: FilterFindings): Readonly<Record<(typeof CATEGORIES)[number], FilterResult>> {
  const worst = found.isFiltered === true ? worstOf(found) : undefined;
  const resultOf = (category: (typeof CATEGORIES)[number]): FilterResult =>
    category === worst
      ? { filtered: true, severity: found[category] ?? 'high' }
      : { filtered: false, severity: found[category] ?? 'safe' };
  return {
    hate: resultOf('hate'),
    self_harm: resultOf('self_harm'),
    sexual: resultOf('sexual'),
    violence: resultOf('violence'),
  };
}

/** Of a prompt: with the search for attempts to break out. */
export function promptFilterResults(found: FilterFindings) {
  const { hate, ...others } = contentFilterResults(found);
  return { hate, jailbreak: { detected: false, filtered: false }, ...others };
}

/** Of a whole answer in one piece: with the search for what others own. */
export function completionFilterResults(found: FilterFindings) {
  const { hate, ...others } = contentFilterResults(found);
  return {
    hate,
    protected_material_code: { detected: false, filtered: false },
    protected_material_text: { detected: false, filtered: false },
    ...others,
  };
}

/** What the scenario has the filters find. */
export function findingsOf({ azure }: Pick<AnswerSettings, 'azure'>): AzureSettings['contentFilter'] {
  return azure?.contentFilter ?? NOTHING;
}

const NOTHING: AzureSettings['contentFilter'] = {};

function worstOf(found: AzureSettings['contentFilter']): (typeof CATEGORIES)[number] {
  const rankOf = (category: (typeof CATEGORIES)[number]) => filterSeverities.indexOf(found[category] ?? 'safe');
  return [...CATEGORIES].sort((a, b) => rankOf(b) - rankOf(a))[0] ?? 'hate';
}
