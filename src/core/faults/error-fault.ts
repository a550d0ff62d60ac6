import type { z } from 'zod';
import type { DialectName } from '../openai/dialects/dialect-name.ts';
import { type ErrorAnswer, inDialect, spokenReply } from '../openai/errors/error.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { Layer } from '../openai/wire/layer.ts';
import { type ErrorParams, errorParams, isUntilEnd, withEnd, withParams } from './error-params.ts';
import { defineFault } from './fault.ts';
import type { Leaves } from './leaves.ts';

interface ErrorFault<Name extends string, Params extends z.ZodType<ErrorParams>> {
  readonly name: Name;
  readonly summary: string;
  /** The usual one, where parameters may change it. */
  readonly status: number;
  readonly layer: Layer;
  /** It stands for a refusal by a limit of the account. */
  readonly refusesByLimit?: true;
  /** The services that have it; without it, all. */
  readonly dialects?: readonly DialectName[];
  /** Codes and types of its errors, but for `invalid_request_error`; undefined where there are none, or the scenario writes them. */
  readonly errorCodes?: readonly string[];
  /** Parameters whose text becomes the code or the type of the error. */
  readonly errorWordParams?: readonly string[];
  /** Addresses where the text was seen, `unverified`, or both and what is which; undefined where the scenario writes the text. */
  readonly source?: string;
  /** Only for faults with parameters of their own: `record({ ...errorShape, … }).prefault({})`. */
  readonly params: Params;
  readonly example?: z.input<Params> & object;
  /** The layer, where the parameters choose it. */
  layerWith?(params: z.output<Params>): Layer;
  /** What the client is left with, where the parameters choose it. */
  leavesWith?(params: z.output<Params>): Leaves;
  error(params: z.output<Params>, context: ReplyContext): ErrorAnswer;
}

/** Declares a fault that answers with an error of OpenAI. It strikes at the layer that answers. */
export function defineErrorFault<Name extends string, Params extends z.ZodType<ErrorParams>>(fault: ErrorFault<Name, Params>) {
  const { name, summary, status, layer, errorCodes, source, params, example } = fault;
  return defineFault({
    name,
    summary,
    kind: 'error',
    terminal: true,
    leaves: 'error',
    status,
    injectedAt: layer,
    ...(fault.refusesByLimit === undefined ? {} : { refusesByLimit: fault.refusesByLimit }),
    ...(fault.dialects === undefined ? {} : { dialects: fault.dialects }),
    ...(errorCodes === undefined ? {} : { errorCodes }),
    ...(fault.errorWordParams === undefined ? {} : { errorWordParams: fault.errorWordParams }),
    ...(source === undefined ? {} : { source }),
    params,
    ...(example === undefined ? {} : { example }),
    ...(fault.layerWith === undefined ? {} : { injectedAtWith: fault.layerWith }),
    ...(fault.leavesWith === undefined ? {} : { leavesWith: fault.leavesWith }),
    paramsAt: (given, moment) => withEnd(given as ErrorParams, moment) as z.output<Params>,
    needsEndWith: (given) => isUntilEnd(given as ErrorParams),
    *apply(_reply, given, context) {
      const { after } = given as ErrorParams;
      if (after !== undefined) yield { type: 'wait', ms: after };
      yield* spokenReply(withParams(inDialect(fault.error(given, context), context), given as ErrorParams, context), context);
    },
  });
}

/** A fault whose only parameters are those every error takes. */
export function definePlainErrorFault<Name extends string>(
  fault: Omit<ErrorFault<Name, ReturnType<typeof errorParams>>, 'params'>,
) {
  return defineErrorFault({ ...fault, params: errorParams() });
}
