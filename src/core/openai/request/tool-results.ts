import { asList, asRecord, type Fields } from './request.ts';

/** The result of a call of a function, as a request brings it. */
export interface ToolResult {
  /** Of the call. */
  readonly id: string;
  /** Its text speaks of an error: the client may have told the model that the call cannot be run. */
  readonly reportsError: boolean;
}

/** Of a longer conversation the last. */
const MAX_RESULTS = 200;
const ERROR_WORDS =
  /error|exception|invalid|malformed|incomplete|truncated|unknown|unable|cannot|can't|could ?n[o']t|fail|not (?:valid|found|json|run)|pars(?:e|ing)|reject|abort|cancel|\bEOF\b|end[- ]of[- ](?:input|file|json)|unexpected (?:end|token|char|eof|non|input)|expect(?:ed|ing) (?:value|ident|property|double.quoted|['"`])|unterminated/i;

/** The results in the fields of a request: messages with the role `tool`, items of the type `function_call_output`. */
export function toolResultsOf(fields: Fields): readonly ToolResult[] {
  const messages = [fields['messages'], fields['input']].flatMap(asList).map((each) => asRecord(each) ?? {});
  const results = messages.filter(({ role, type }) => role === 'tool' || type === 'function_call_output');
  return results.slice(-MAX_RESULTS).flatMap((result) => {
    const id = result['tool_call_id'] ?? result['call_id'];
    if (typeof id !== 'string') return [];
    const content = result['content'] ?? result['output'];
    return [{ id, reportsError: ERROR_WORDS.test(typeof content === 'string' ? content : (JSON.stringify(content) ?? '')) }];
  });
}
