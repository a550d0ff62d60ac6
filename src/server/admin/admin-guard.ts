import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { problem } from './problem-response.ts';

export interface AdminAccess {
  /** The address the server is bound to. */
  readonly host: string;
  /** Asked of every admin request when given; needed when the host is not a loopback address. */
  readonly token: string | undefined;
}

/** Who may use the admin API: never another site's page, and beyond loopback only who has the token. */
export function adminGuard({ host, token: given }: AdminAccess): MiddlewareHandler {
  // An empty token, as of a variable that is not set, opens nothing.
  const token = given?.trim() === '' ? undefined : given;
  const local = isLoopback(host);
  const isHolder = (c: Context) => token !== undefined && sameText(tokenOf(c), token);
  const isOpen = token === undefined && local;
  return async (c, next) => {
    const refused = refusedPage(c, host);
    if (refused !== undefined) return refused;
    if (c.req.path.endsWith('/__admin/health')) return local || isHolder(c) ? next() : c.json({ status: 'ok' });
    if (isOpen || isHolder(c)) return next();
    return token === undefined ? adminIsOff(c, host) : tokenIsWrong(c);
  };
}

/** The answer to a page of another site; undefined for any other client. */
function refusedPage(c: Context, host: string): Response | undefined {
  if (isCrossOrigin(c)) return problem(c, 403, 'Cross-origin requests are refused.', 'The admin API is not for web pages.');
  // A page can make its own host name point at this machine; the Host header still tells.
  if (!isLoopback(host) || isLoopback(hostnameOf(c.req.header('host') ?? 'localhost'))) return undefined;
  return problem(c, 403, 'Unknown host.', `This server listens on ${host}; the Host header names another one.`);
}

function adminIsOff(c: Context, host: string): Response {
  const detail = `Start with --admin-token to use it on ${host}, which is not a loopback address.`;
  return problem(c, 403, 'The admin API is off.', detail);
}

function tokenIsWrong(c: Context): Response {
  // A browser that is shown the second asks its user, and then sends the token with all that the page asks for.
  c.header('www-authenticate', isPage(c) ? 'Bearer, Basic realm="mock-openai", charset="UTF-8"' : 'Bearer');
  return problem(c, 401, 'The admin token is missing or wrong.', 'Send it as "Authorization: Bearer TOKEN".');
}

/** 127.0.0.0/8, ::1 and localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isCrossOrigin(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') return true;
  const origin = c.req.header('origin');
  const host = c.req.header('host') ?? '';
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

function hostnameOf(host: string): string {
  return host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':', 1)[0] ?? '');
}

function isPage(c: Context): boolean {
  return c.req.method === 'GET' && /\/__admin\/(?:report)?$/.test(c.req.path);
}

/** Of `Bearer TOKEN`, or the password of a browser's user, whose name does not matter. */
function tokenOf(c: Context): string {
  const [, scheme = '', credential = ''] = /^(Bearer|Basic) +(.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  if (scheme.toLowerCase() !== 'basic') return credential;
  const user = Buffer.from(credential, 'base64').toString();
  return user.slice(user.indexOf(':') + 1);
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
