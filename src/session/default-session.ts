/** The session of requests that name none. */
export const DEFAULT_SESSION = 'default';
