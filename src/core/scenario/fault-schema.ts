import { z } from 'zod';
import { type FaultCall, type FaultInput, type FaultName, faultNamed, faults } from '../faults/registry.ts';
import { describeValue, record, unknownName } from '../schema/fields.ts';

const NAMES = faults.map(({ name }) => name);

/** How a scenario writes one fault: its name alone, or its name with parameters. */
export type FaultSpec = FaultName | FaultInput;

const byName = z
  .enum(NAMES as [FaultName, ...FaultName[]], {
    error: ({ input }) =>
      typeof input === 'string'
        ? unknownName('fault', input, NAMES)
        : `expected the name of a fault, found ${describeValue(input)}`,
  })
  .transform(
    (name): FaultCall => ({
      name,
      params: faultNamed(name).params.parse(undefined),
    }),
  );

const withParameters = record(
  Object.fromEntries(faults.map(({ name, params, summary }) => [name, required(params).nullable().optional().describe(summary)])),
  'fault',
).transform((given, context): FaultCall => {
  // Unknown names were reported already.
  if (context.issues.length > 0) return z.NEVER;
  const [name, second] = Object.keys(given) as FaultName[];
  if (name === undefined || second !== undefined) {
    context.addIssue({
      code: 'custom',
      message: 'a mapping names one fault; several go in a list',
    });
    return z.NEVER;
  }
  const params = given[name] ?? faultNamed(name).params.parse(undefined);
  return { name, params };
});

/** The schema without its default: zod would fill in the parameters of every fault that is not named. */
function required(params: z.ZodType): z.ZodType {
  return params instanceof z.ZodPrefault || params instanceof z.ZodDefault ? (params.unwrap() as z.ZodType) : params;
}

const oneFault = z.union([byName, withParameters]);

/** Fault name → weight. */
export const weightsSchema = record(Object.fromEntries(NAMES.map((name) => [name, z.number().positive().optional()])), 'fault');

/** One fault, or a list of faults applied in order. */
export const faultSchema = z.union([oneFault.transform((fault) => [fault]), z.array(oneFault).min(1)]).meta({
  id: 'fault',
  description: 'a fault by name, with parameters, or a list applied in order',
}) as unknown as z.ZodType<readonly FaultCall[], FaultSpec | readonly FaultSpec[]>;
