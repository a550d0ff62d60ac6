import { invalidBody } from '../../errors/errors.ts';
import { WITHOUT } from './response-headers.ts';

/** What endpoints have in common that ask the API service itself for what it keeps, as the Responses API does (wire-responses.md 1.1). */
export const STORE_ENDPOINT = {
  gateway: false,
  limited: false,
  takesJson: false,
  takesModel: false,
  unreadable: invalidBody,
  withoutHeaders: WITHOUT,
  challenges: true,
} as const;
