import { z } from 'zod';
import { type AzureSettings, filterSeverities, USUAL_REGION } from '../openai/request/answer-settings.ts';
import { record } from '../schema/fields.ts';

const severity = z.enum(filterSeverities);

/** What a header may carry. */
const region = z.string().regex(/^[\x20-\x7e]{1,64}$/, { error: 'expected the name of a region such as East US' });
const deployment = z
  .string()
  .regex(/^[\w.-]{1,64}$/, { error: 'expected the name of a deployment of letters, digits, -, _ and ., at most 64 characters' });

/** How Azure is set up, for requests to its paths. */
export const azureSchema = record({
  deployments: z
    .record(deployment, z.string().min(1))
    .optional()
    .describe('deployment → the model that serves it; others do not exist. Default: any is served by the model of its name'),
  region: region.default(USUAL_REGION).describe('as errors and headers name it'),
  content_filter: record({
    hate: severity.optional(),
    self_harm: severity.optional(),
    sexual: severity.optional(),
    violence: severity.optional(),
  })
    .prefault({})
    .describe('what the filters find in prompts and answers; default safe. It refuses nothing'),
}).transform(({ deployments, region: place, content_filter: contentFilter }): AzureSettings => {
  return { deployments, region: place, contentFilter: contentFilter as AzureSettings['contentFilter'] };
});
