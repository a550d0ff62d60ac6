import { asRecord } from '../core/openai/request/request.ts';
import { type ToolResult, toolResultsOf } from '../core/openai/request/tool-results.ts';
import { keptJson } from './kept-json.ts';

const MARKS = ['"tool_call_id"', '"function_call_output"'];

/** The results of calls that a body brings; null where it brings none, or is too long. */
export function toolResultsIn(body: Uint8Array): readonly ToolResult[] | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (!MARKS.some((mark) => bytes.includes(mark))) return null;
  const results = toolResultsOf(asRecord(keptJson(bytes)?.value) ?? {});
  return results.length === 0 ? null : results;
}
