/** Longest body of a request to the admin API: the longest text of a scenario, as UTF-8. */
export const MAX_ADMIN_BODY_BYTES = 4 * 256 * 1024;
