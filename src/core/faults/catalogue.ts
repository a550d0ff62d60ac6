import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { Reply } from '../wire/effect.ts';
import type { Fault, InjectionPoint } from './fault.ts';

/*
 * What is asked of faults while requests are answered. The registry enters the faults as it is loaded; who has a call of a
 * fault has it from the schema of the registry. So what runs without faults loads none, nor the library of their schemas.
 */

/** One fault with its parameters, checked and completed, whatever its name. */
interface AnyFaultCall {
  readonly name: string;
  readonly params: unknown;
}

const BY_NAME = new Map<string, Fault>();

/** Makes the faults known. */
export function enterFaults(faults: readonly Fault[]): void {
  for (const fault of faults) BY_NAME.set(fault.name, fault);
}

/** The fault of that name. Throws a RangeError when there is none. */
export function faultNamed(name: string): Fault {
  const fault = BY_NAME.get(name);
  if (fault === undefined) throw new RangeError(`no fault is named ${name}`);
  return fault;
}

/** Where the fault strikes. */
export function strikesAt({ name, params }: AnyFaultCall): InjectionPoint {
  const fault = faultNamed(name);
  return fault.injectedAtWith?.(params as never) ?? fault.injectedAt;
}

/** Whether nothing after the fault in a list takes effect. */
export function isFinal({ name, params }: AnyFaultCall): boolean {
  const fault = faultNamed(name);
  return fault.terminalWith?.(params as never) ?? fault.terminal === true;
}

/** Whether the fault makes an answer of success unusable. */
export function spoils({ name, params }: AnyFaultCall): boolean {
  const fault = faultNamed(name);
  return fault.spoilsWith?.(params as never) ?? fault.spoils === true;
}

/**
 * The reply after all faults. They take effect in the order written: the first is what the client meets first, so that
 * it is put around all that follow.
 */
export function applyFaults(reply: Reply, calls: readonly AnyFaultCall[], context: ReplyContext): Reply {
  return calls.reduceRight((current, { name, params }) => faultNamed(name).apply(current, params as never, context), reply);
}
