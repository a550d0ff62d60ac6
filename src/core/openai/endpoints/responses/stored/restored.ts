import { asRecord, type Fields } from '../../../request/request.ts';
import { float } from '../response-json.ts';

/** The fields of a response that the service keeps as floats: read back, a whole one has lost its point. */
const FLOATS = ['frequency_penalty', 'presence_penalty', 'temperature', 'top_p'] as const;

/** A response as it was before it was printed. */
export function restored(text: string): Fields {
  const response = { ...asRecord(JSON.parse(text)) };
  for (const name of FLOATS) {
    const value = response[name];
    if (typeof value === 'number') response[name] = float(value);
  }
  return response;
}
