import { utf8Text } from '../../text/utf8.ts';
import { asRecord, type Fields } from './request.ts';

/** The JSON object in a text, or in its UTF-8; undefined where there is none. */
export function parseObject(json: string | Uint8Array): Fields | undefined {
  try {
    return asRecord(JSON.parse(typeof json === 'string' ? json : utf8Text(json)));
  } catch {
    return undefined;
  }
}
