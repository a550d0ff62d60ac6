import { bearerToken } from '../bearer-token.ts';
import type { RequestHeaders } from '../dialect.ts';

/** A key goes before a token (wire-responses.md 8.1). */
export function credentialField(headers: RequestHeaders): string | undefined {
  return headers['api-key'] ?? headers['authorization'];
}

export function credential(headers: RequestHeaders): string | undefined {
  const { 'api-key': key, authorization } = headers;
  return key === undefined ? bearerToken(authorization) : key.trim();
}

/** On the classic surface a bearer token is never a key. */
export function bringsToken({ 'api-key': key, authorization }: RequestHeaders): boolean {
  return key === undefined && authorization !== undefined;
}

/** Clients of OpenAI bring their key to the v1 surface as a bearer token. A JSON Web Token is none. */
export function bringsWebToken(headers: RequestHeaders): boolean {
  return bringsToken(headers) && bearerToken(headers['authorization'])?.startsWith('eyJ') === true;
}
