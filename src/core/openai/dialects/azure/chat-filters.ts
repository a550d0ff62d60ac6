import { asList, asRecord, type Fields } from '../../request/request.ts';
import type { ChoicePrinter } from './body-rewriter.ts';
import { completionFilterResults, contentFilterResults, type FilterFindings, promptFilterResults } from './content-filter.ts';
import { sorted } from './sorted.ts';

const COMPLETIONS: ReadonlySet<string> = new Set(['chat.completions', 'completions']);

/** Whether answers of that endpoint are completions, chat or legacy. Azure prints them in a way of its own. */
export function answersByCompletion(endpoint: string | undefined): boolean {
  return endpoint !== undefined && COMPLETIONS.has(endpoint);
}

/** On one line, keys in alphabetical order, a newline at the end (wire-responses.md 8.4). */
export function printChat(body: Fields): string {
  return `${JSON.stringify(sorted(body))}\n`;
}

export function printChatEvent(event: Fields): string {
  return `data: ${JSON.stringify(sorted(event))}\n\n`;
}

/** A completion, with what the filters found in its prompt and in each choice; choice by choice. */
export function filteredChat(found: FilterFindings): ChoicePrinter {
  return {
    choice: (fields) => JSON.stringify(sorted(filteredChoice(fields, found))),
    rest: (body) => printChat({ ...body, prompt_filter_results: promptResults(found) }),
  };
}

function filteredChoice(fields: Fields, found: FilterFindings): Fields {
  const isFiltered = fields['finish_reason'] === 'content_filter';
  return { logprobs: null, ...fields, content_filter_results: completionFilterResults({ ...found, isFiltered }) };
}

/** The first event of a stream, which has neither id nor choices (wire-responses.md 8.4). */
export function firstChunk(found: FilterFindings): Fields {
  return { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: promptResults(found) };
}

/** An event, with what the filters found in its piece of text. That its first and last have findings without any is captured of the first alone. */
export function filteredChunk(chunk: Fields, found: FilterFindings): Fields {
  return {
    ...chunk,
    choices: asList(chunk['choices']).map((choice) => {
      const fields = asRecord(choice) ?? {};
      return { logprobs: null, ...fields, content_filter_results: chunkResults(fields, found) };
    }),
  };
}

function chunkResults({ finish_reason: reason, delta }: Fields, found: FilterFindings) {
  if (reason === 'content_filter') return contentFilterResults({ ...found, isFiltered: true });
  const isFrame = typeof reason === 'string' || asRecord(delta)?.['role'] !== undefined;
  return isFrame ? {} : contentFilterResults(found);
}

function promptResults(found: FilterFindings) {
  return [{ prompt_index: 0, content_filter_results: promptFilterResults(found) }];
}
