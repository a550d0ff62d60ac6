import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Context, Hono } from 'hono';
import { once } from '../../core/memo/once.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { packageVersion } from '../../report/package-version.ts';
import type { Engine } from '../../session/engine.ts';
import { inTurns } from '../../session/in-turns.ts';
import { sessionCourses } from '../../session/session-courses.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import { judgeSessionInSteps } from './judge-session.ts';
import { circumstancesOf } from './verdict-circumstances.ts';

/** The live page as it was built, and the policy that allows its own style and script and nothing else. */
const livePage = once(() => {
  const text = readFileSync(fileURLToPath(import.meta.resolve('#live-page')), 'utf8');
  const hashes = (tag: 'style' | 'script') =>
    [...text.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(([, inner = '']) => `'sha256-${createHash('sha256').update(inner).digest('base64')}'`)
      .join(' ');
  const policy = [
    "default-src 'none'",
    `script-src ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { text, policy };
});

/** What is for people: the live page of a session, and its report. */
export function pageRoutes({ engine, loopDelay }: { readonly engine: Engine; readonly loopDelay: LoopDelayMonitor }): Hono {
  const routes = new Hono();
  const show = (c: Context) => {
    const { text, policy } = livePage();
    return c.html(text, 200, {
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  };
  const report = async (c: Context) => {
    const session = engine.session(c.req.param('session'));
    const together = engine.judgedWith(session);
    const circumstances = circumstancesOf(session, engine, { ended: false });
    const judged = await inTurns(judgeSessionInSteps(together, loopDelay, { circumstances }));
    const courses = sessionCourses(together, judged.entries);
    const input: ReportInput = { ...judged, courses, version: packageVersion() };
    const { renderHtml } = await import('../../report/html/page.ts');
    return c.html(await renderHtml(input), 200, {
      'content-disposition': 'attachment; filename="mock-openai-report.html"',
      'cache-control': 'no-store',
    });
  };
  for (const admin of ['/__admin', '/s/:session/__admin']) {
    // The addresses of the page are relative.
    routes.get(admin, (c) => c.redirect(`${c.req.path}/`));
    routes.get(`${admin}/`, show);
    routes.get(`${admin}/report`, report);
  }
  return routes;
}
