import { z } from 'zod';
import { record, size } from '../schema/fields.ts';

const MIB = 1_048_576;

/** What the journal keeps beside its own fields. */
export const recordSchema = record({
  bodies: size()
    .refine((bytes) => bytes <= MIB, { error: 'expected at most 1MiB' })
    .optional()
    .describe('bodies, sent and answered, up to this size each'),
  headers: z.boolean().default(false).describe('header fields, sent and answered'),
});
