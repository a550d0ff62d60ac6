import { applyFaults } from '../../src/core/faults/bound-fault.ts';
import { boundFault, type FaultInput, type FaultName, faultNamed } from '../../src/core/faults/registry.ts';
import type { ReplyContext } from '../../src/core/openai/request/reply-context.ts';
import type { Head, Reply } from '../../src/core/wire/effect.ts';
import { type Collected, collect } from './effects.ts';
import { replyContext } from './reply-context.ts';

/** The reply that faults are applied to when a test does not care. */
export function* healthyReply(): Reply {
  yield {
    type: 'head',
    status: 200,
    headers: [['content-type', 'application/json']],
  };
  yield { type: 'write', data: '{"ok":true}\n' };
  yield { type: 'end' };
}

/** What one fault does to a healthy reply, with parameters as a scenario writes them. */
export function applyFault<Name extends FaultName>(
  name: Name,
  params?: FaultInput[Name],
  context: Partial<ReplyContext> = {},
): Collected & { readonly head: Head } {
  const parsed: unknown = faultNamed(name).params.parse(params ?? undefined);
  const collected = collect(applyFaults(healthyReply(), [boundFault({ name, params: parsed })], replyContext(context)));
  if (collected.head === undefined) throw new Error(`${name} sent no head`);
  return { ...collected, head: collected.head };
}

/** The error object of a reply. */
export function errorOf({ text }: Collected): Record<string, unknown> {
  return (JSON.parse(text) as { error: Record<string, unknown> }).error;
}
