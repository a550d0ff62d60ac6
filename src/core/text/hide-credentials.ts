/** What stands in the place of a credential. */
export const HIDDEN = '[hidden]';

const SECRET_NAME =
  /api[-_]?key|^auth(?:orization|entication)?$|[-_]auth(?:orization)?$|cookie|secret|passw|credential|signature|(?:access|refresh|id|auth|bearer)[-_]?token/i;
/** Of header fields and parameters of a query these, too: in a body they are words as others. */
const SECRET_FIELD = /auth|token$|(?:^|-)key$|^(?:sig|code)$/i;
/** Fields that sound so, and hold none. */
const HARMLESS = /^(?:idempotency-key|access-control-.*|x-ratelimit-.*|sec-websocket-key|www-authenticate)$/i;

/** Whether the header field, or the parameter of a query, of that name is a credential. */
export function isSecretField(name: string): boolean {
  return (SECRET_NAME.test(name) || SECRET_FIELD.test(name)) && !HARMLESS.test(name);
}

/** Keys and tokens by the way they look: of OpenAI and others, what follows `Bearer`, and JSON Web Tokens. */
const SECRET_TEXTS: readonly RegExp[] = [
  /\b(?:sk|pk|rk|ek|sess|gsk|xai|hf|ghp|gho|ghs|glpat)[-_][\w-]{12,}/g,
  /\bAIza[\w-]{20,}/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g,
  /(?<=\bBearer )[\w.~+/=-]{20,}/gi,
];

/** Texts in JSON by name: before, name, text. The second finds JSON that is a text in JSON. */
const JSON_TEXTS: readonly RegExp[] = [
  /("([\w.-]{1,64})"\s{0,16}:\s{0,16}")((?:[^"\\]|\\.)+)/g,
  /(\\"([\w.-]{1,64})\\"\s{0,16}:\s{0,16}\\")([^"\\]+)/g,
];

/** The text without credentials: without that key, without what looks like one, and without what JSON calls one. */
export function withoutCredentials(text: string, key: string | undefined): string {
  let shown = key === undefined || key.length < 4 ? text : text.replaceAll(key, HIDDEN);
  for (const pattern of SECRET_TEXTS) shown = shown.replace(pattern, HIDDEN);
  for (const pattern of JSON_TEXTS) {
    shown = shown.replace(pattern, (all, before: string, name: string) => (SECRET_NAME.test(name) ? `${before}${HIDDEN}` : all));
  }
  return shown;
}
