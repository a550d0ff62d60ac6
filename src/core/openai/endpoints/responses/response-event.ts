import type { ContentPart, ItemObject, SummaryPart, UrlCitation } from './item-shapes.ts';
import type { ResponseObject } from './response-shape.ts';

/** Where an event belongs: its item, and the place of the item in the output. */
export type ItemPlace = {
  readonly item_id: string;
  readonly output_index: number;
};

interface InContent extends ItemPlace {
  readonly content_index: number;
}

interface InSummary extends ItemPlace {
  readonly summary_index: number;
}

/** What the events of a stream say beside their name and number, by name (wire-responses.md 3.1). Deltas are written apart. */
export interface EventFields {
  'response.output_item.added': { readonly item: ItemObject; readonly output_index: number };
  'response.output_item.done': { readonly item: ItemObject; readonly output_index: number };
  'response.content_part.added': InContent & { readonly part: ContentPart };
  'response.content_part.done': InContent & { readonly part: ContentPart };
  'response.output_text.annotation.added': InContent & { readonly annotation: UrlCitation; readonly annotation_index: number };
  'response.output_text.done': InContent & {
    readonly logprobs: Extract<ContentPart, { type: 'output_text' }>['logprobs'];
    readonly text: string;
  };
  'response.refusal.done': InContent & { readonly refusal: string };
  'response.function_call_arguments.done': ItemPlace & { readonly arguments: string };
  'response.custom_tool_call_input.done': ItemPlace & { readonly input: string };
  'response.reasoning_summary_part.added': InSummary & { readonly part: SummaryPart };
  'response.reasoning_summary_part.done': InSummary & { readonly part: SummaryPart };
  'response.reasoning_summary_text.done': InSummary & { readonly text: string };
  'response.web_search_call.in_progress': ItemPlace;
  'response.web_search_call.searching': ItemPlace;
  'response.web_search_call.completed': ItemPlace;
  'response.file_search_call.in_progress': ItemPlace;
  'response.file_search_call.searching': ItemPlace;
  'response.file_search_call.completed': ItemPlace;
  'response.code_interpreter_call.in_progress': ItemPlace;
  'response.code_interpreter_call.interpreting': ItemPlace;
  'response.code_interpreter_call.completed': ItemPlace;
  'response.code_interpreter_call_code.done': ItemPlace & { readonly code: string };
  'response.image_generation_call.in_progress': ItemPlace;
  'response.image_generation_call.generating': ItemPlace;
  'response.image_generation_call.completed': ItemPlace;
  'response.mcp_list_tools.in_progress': ItemPlace;
  'response.mcp_list_tools.completed': ItemPlace;
  'response.mcp_call.in_progress': ItemPlace;
  'response.mcp_call.completed': ItemPlace;
  'response.mcp_call_arguments.done': ItemPlace & { readonly arguments: string };
}

/** The events about the whole response. */
export interface ResponseEvents {
  'response.created': { readonly response: ResponseObject };
  'response.queued': { readonly response: ResponseObject };
  'response.in_progress': { readonly response: ResponseObject };
  'response.completed': { readonly response: ResponseObject };
  'response.incomplete': { readonly response: ResponseObject };
  'response.failed': { readonly response: ResponseObject };
}

/** The names of the events that carry a piece of a text. */
export type DeltaName =
  | 'response.output_text.delta'
  | 'response.refusal.delta'
  | 'response.function_call_arguments.delta'
  | 'response.custom_tool_call_input.delta'
  | 'response.reasoning_summary_text.delta'
  | 'response.code_interpreter_call_code.delta'
  | 'response.mcp_call_arguments.delta';
