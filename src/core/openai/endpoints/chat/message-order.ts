import type { ErrorAnswer } from '../../errors/error.ts';
import { toolCallsUnanswered, toolMessageUnasked } from '../../errors/errors.ts';
import { asList, asRecord } from '../../request/request.ts';

/**
 * Whether tool messages and tool calls belong together, in messages that are valid each for itself: a tool message
 * answers a call of the assistant message before it (wire.md 400-30), and each call is answered before anyone else
 * speaks (wire.md 400-31). The message named is the one whose role is not what it has to be.
 */
export function messageOrderError(messages: readonly unknown[]): ErrorAnswer | undefined {
  let asked: ReadonlySet<string> | undefined;
  /** Calls that are not answered yet. */
  let open: Set<string> | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = asRecord(messages[index]);
    const role = message?.['role'];
    if (role === 'tool') {
      const id = String(message?.['tool_call_id']);
      if (asked === undefined || !asked.has(id)) return toolMessageUnasked(index);
      open?.delete(id);
      continue;
    }
    if (open !== undefined && open.size > 0) return toolCallsUnanswered(index, [...open]);
    asked = role === 'assistant' ? callsOf(message) : undefined;
    open = asked && new Set(asked);
  }
  return open !== undefined && open.size > 0 ? toolCallsUnanswered(messages.length, [...open]) : undefined;
}

/** The ids of the calls of a message; undefined when it calls nothing. */
function callsOf(message: Readonly<Record<string, unknown>> | undefined): ReadonlySet<string> | undefined {
  const calls = asList(message?.['tool_calls']);
  return calls.length === 0 ? undefined : new Set(calls.map((call) => String(asRecord(call)?.['id'])));
}
