/** Codes of errors that Azure alone has (wire-responses.md 8.2), for what a scenario says of codes. */
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
