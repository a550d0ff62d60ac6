import { z } from 'zod';
import type { CapacitySpec } from '../capacity/capacity-spec.ts';
import { duration, rate, record, whole } from '../schema/fields.ts';

const MOST_WAITING = 1_000_000;
const DEFAULT_REFUSAL_COST = 0.1;

const statuses = z.literal([503, 429]);

/** How much the service can do: the mock saturates as a service would. */
export const capacitySchema = record({
  rate: rate().describe('requests that can be served'),
  burst: whole(1, MOST_WAITING).default(1).describe('requests that an idle service takes at once'),
  queue: whole(0, MOST_WAITING).optional().describe("requests that may wait; default: one second's worth"),
  service_time: duration().default(0).describe('how long serving a request takes, after its wait'),
  status: statuses.default(503).describe('what a full queue answers: 503 overloaded or 429 slow_down'),
  refusal_cost: z
    .number()
    .min(0)
    .max(100)
    .default(DEFAULT_REFUSAL_COST)
    .describe('share of a place that a refusal costs: saying no is work too'),
}).transform(
  (given): CapacitySpec => ({
    perSecond: given.rate,
    burst: given.burst,
    queue: given.queue ?? Math.ceil(given.rate),
    serviceMs: given.service_time,
    status: given.status,
    refusalCost: given.refusal_cost,
  }),
);
