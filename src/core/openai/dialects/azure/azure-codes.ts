/** Codes of errors that Azure alone has, for what a scenario says of codes (wire-responses.md 8.2; `Conflict` and `UnprocessableEntity` are unverified). */
export const azureCodes: readonly string[] = [
  'RateLimitReached',
  'DeploymentNotFound',
  'BadRequest',
  'PermissionDenied',
  'Forbidden',
  'Timeout',
  'Conflict',
  'UnprocessableEntity',
  'InternalServerError',
  'ServiceUnavailable',
  'content_filter',
];
