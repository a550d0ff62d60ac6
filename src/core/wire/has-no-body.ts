/** Whether a response of this status has no body: 1xx, 204 and 304 by RFC 9112 §6.3, 205 by RFC 9110 §15.3.6. */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 205 || status === 304;
}
