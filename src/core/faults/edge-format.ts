import { z } from 'zod';
import type { EdgeFormat } from '../openai/errors/errors.ts';
import type { ApiRequest } from '../openai/request/request.ts';

/** The parameter `body` of faults that the edge answers in one of two formats. */
export const edgeFormat = () =>
  z.enum(['html', 'json']).optional().describe('default: json for a client whose Accept names application/json, else html');

/** The format the edge chooses for a client. */
export function formatFor({ accept }: ApiRequest): EdgeFormat {
  return accept?.toLowerCase().includes('application/json') ? 'json' : 'html';
}
