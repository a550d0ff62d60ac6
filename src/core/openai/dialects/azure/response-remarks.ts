import type { AnswerSettings } from '../../request/answer-settings.ts';
import type { ResponseRemarks } from '../dialect.ts';
import { completionFilterResults, findingsOf, promptFilterResults } from './content-filter.ts';

/** What was asked and said, in characters. */
interface Said {
  readonly prompt: number;
  readonly answer: number;
  readonly isFiltered: boolean;
}

/** The deployment, and what the filters found in prompt and answer (wire-responses.md 8.4). That offsets are characters is unverified. */
export function responseRemarks(
  deployment: string,
  { prompt, answer, isFiltered }: Said,
  settings: Pick<AnswerSettings, 'azure'>,
): ResponseRemarks {
  const found = findingsOf(settings);
  return {
    model: deployment,
    contentFilters: [
      filterOf('prompt', promptFilterResults(found), { end: prompt, isBlocked: false }),
      filterOf('completion', completionFilterResults({ ...found, isFiltered }), { end: answer, isBlocked: isFiltered }),
    ],
  };
}

function filterOf(source: string, results: object, { end, isBlocked }: { readonly end: number; readonly isBlocked: boolean }) {
  return {
    blocked: isBlocked,
    source_type: source,
    content_filter_raw: [],
    content_filter_results: results,
    content_filter_offsets: { start_offset: 0, end_offset: end, check_offset: 0 },
  };
}
