import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { asRecord } from '../../core/openai/request/request.ts';
import { explainRule } from '../../core/plan/explain.ts';
import { limitInWords } from '../../core/plan/explain-limits.ts';
import { unknownInChange } from '../../core/plan/limits.ts';
import type { PolicySpec } from '../../core/policy/policy-schema.ts';
import { type Problem, ScenarioError } from '../../core/problem.ts';
import type { LimitChange } from '../../core/scenario/limit-schema.ts';
import { parseLimitChange, parseRules } from '../../core/scenario/parse.ts';
import { unknownName } from '../../core/schema/fields.ts';
import { messageOf } from '../../core/text/message-of.ts';
import { suggest } from '../../core/text/suggest.ts';
import { DURATION_EXAMPLES, parseDuration } from '../../core/units/duration.ts';
import { clientKey } from '../../exchange/client-key.ts';
import { fileSource, isScenarioText, type LoadedScenario, loadScenario, namedPath } from '../../scenario-files/load-scenario.ts';
import { RememberedScenarios } from '../../scenario-files/remembered-scenarios.ts';
import { addRules } from '../../session/add-rules.ts';
import type { Engine } from '../../session/engine.ts';
import { inTurns } from '../../session/in-turns.ts';
import { policyFrom, readPolicy } from '../../session/load-policy.ts';
import { publicScenario } from '../../session/public-scenario.ts';
import { readCalls } from '../../session/read-calls.ts';
import type { Session } from '../../session/session.ts';
import { sessionURL } from '../../session/session-url.ts';
import { SessionsFullError } from '../../session/sessions-full-error.ts';
import { StateUnavailableError } from '../../session/state-unavailable-error.ts';
import { METRICS_TYPE, type Metrics } from '../metrics/metrics.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import type { ServerTls } from '../tls/server-tls.ts';
import { type AdminAccess, adminGuard } from './admin-guard.ts';
import { EventHub } from './event-hub.ts';
import { eventRoutes } from './event-routes.ts';
import { isCutShort } from './is-cut-short.ts';
import { journalPieces } from './journal-pieces.ts';
import { jsonList } from './json-list.ts';
import { judgeSessionInSteps } from './judge-session.ts';
import { limitBody } from './limit-body.ts';
import { limitsInUse } from './limits-in-use.ts';
import { MAX_ADMIN_BODY_BYTES } from './max-admin-body-bytes.ts';
import { pageRoutes } from './page-routes.ts';
import { problem } from './problem-response.ts';
import { queryOf } from './query-of.ts';
import { rulesInUse } from './rules-in-use.ts';
import { sessionsFull } from './sessions-full.ts';
import { MAX_SETTLE_MS, settled } from './settled.ts';
import { stateUnavailable } from './state-unavailable.ts';
import { circumstancesOf } from './verdict-circumstances.ts';

export interface AdminOptions {
  readonly engine: Engine;
  /** Undefined: whoever asks was let in before. */
  readonly access: AdminAccess | undefined;
  /** Has another engine do what changes something; goes on with what does not. */
  readonly relay?: MiddlewareHandler | undefined;
  /** The seed of a scenario that asks for any; undefined: drawn by this process. */
  readonly anySeed?: (() => number) | undefined;
  readonly loopDelay: LoopDelayMonitor;
  readonly metrics: Metrics;
  /** Is given what ends the streams of events, when there may be some. */
  onEvents(close: () => void): void;
  /** Undefined where connections are plain. */
  readonly tls: ServerTls | undefined;
  /** Resolves when what was changed is in force. */
  settled(): Promise<void>;
  /** The port of the API, where the admin API has one of its own. */
  apiPort(): number | undefined;
  /** Told of what the admin API itself cannot do, which must never happen. */
  onFailure(error: unknown): void;
}

/** The admin API: `/__admin/…` for the default session and the server, `/s/<session>/__admin/…` for a session. */
export function createAdmin(options: AdminOptions): Hono {
  const app = new Hono();
  if (options.access !== undefined) app.use('*', adminGuard(options.access));
  app.on(['POST', 'PUT'], '*', limitBody(MAX_ADMIN_BODY_BYTES, bodyTooLong));
  if (options.relay !== undefined) app.use('*', options.relay);
  app.use('*', async (_c, next) => {
    await options.settled();
    await next();
    await options.settled();
  });
  app.route('/__admin', sessionRoutes(options));
  app.route('/s/:session/__admin', sessionRoutes(options));
  const hub = new EventHub(options.engine, options.loopDelay);
  options.onEvents(() => hub.close());
  const events = eventRoutes(hub, (c) => options.engine.session(c.req.param('session')));
  app.route('/__admin', events);
  app.route('/s/:session/__admin', events);
  app.route('/', pageRoutes(options));
  app.route('/__admin', serverRoutes(options));
  app.get('/metrics', (c) => c.body(options.metrics.render(), 200, { 'content-type': METRICS_TYPE }));
  app.notFound((c) => {
    const path = c.req.path.replace(/^\/s\/[^/]+/, '/s/:session');
    const methods = app.routes.flatMap((route) => (route.path === path && route.method !== 'ALL' ? [route.method] : []));
    if (methods.length === 0) return problem(c, 404, 'Unknown admin route.', `There is no ${c.req.method} ${c.req.path}.`);
    c.header('allow', [...new Set(methods)].join(', '));
    return problem(c, 405, 'Wrong method.', `${c.req.path} takes ${[...new Set(methods)].join(', ')}.`);
  });
  app.onError((error, c) => {
    if (error instanceof ScenarioError) {
      return problem(c, 422, titleOf(error), error.problems);
    }
    if (error instanceof SessionsFullError) {
      const { status, title, detail } = sessionsFull(error);
      return problem(c, status, title, detail);
    }
    if (error instanceof StateUnavailableError) {
      const { status, title, detail } = stateUnavailable(error);
      return problem(c, status, title, detail);
    }
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
    if (incoming !== undefined && isCutShort(incoming)) return c.body(null, 400);
    options.onFailure(new Error(`${c.req.method} ${c.req.path} failed: ${error.message}`, { cause: error }));
    return problem(c, 500, 'mock-openai itself failed.', error.message);
  });
  return app;
}

function bodyTooLong(c: Context): Response {
  return problem(c, 413, 'The body is too long.', `The admin API takes at most ${MAX_ADMIN_BODY_BYTES} bytes.`);
}

/** How a verdict is told: for programs, or as `run` prints it. */
const VERDICT_FORMATS = ['json', 'text'] as const;
/** Of the text of a verdict. */
const TEXT_COLUMNS = 120;

function isVerdictFormat(format: string): boolean {
  return VERDICT_FORMATS.some((known) => known === format);
}

/** Texts without a scenario in them, in YAML and JSON. */
const SAYS_NOTHING: ReadonlySet<string> = new Set(['', 'null', '~']);

/** What each session has. */
function sessionRoutes({ engine, loopDelay, tls, anySeed }: AdminOptions): Hono {
  const routes = new Hono();
  const sessionOf = (c: Context): Session => engine.session(c.req.param('session'));
  routes.get('/health', (c) =>
    c.json({
      status: 'ok',
      scenario: sessionOf(c).plan.name,
      seed: sessionOf(c).plan.seed,
      run: engine.run,
      uptime_ms: Math.round(engine.clock.now() - engine.startedAt),
      sessions: engine.sessions.length,
      in_flight: engine.sessions.reduce((sum, { inFlight }) => sum + inFlight, 0),
      event_loop_delay_ms: loopDelay.history().at(-1) ?? null,
      tls: tls === undefined ? null : { authority: tls.authorityFile },
    }),
  );
  routes.get('/journal', queryOf('since'), (c) => {
    const since = Number(c.req.query('since') ?? 0);
    if (!Number.isSafeInteger(since) || since < 0)
      return problem(c, 400, 'since is wrong.', 'It is the seq of the last entry that was read: a whole number.');
    return inPieces(c, journalPieces(sessionOf(c), since, loopDelay));
  });
  const verdictFor = async (c: Context, policy: PolicySpec | undefined) => {
    const session = sessionOf(c);
    const { ended = 'false', format = 'json', settle = '0' } = c.req.query();
    if (!isVerdictFormat(format)) return problem(c, 400, 'format is wrong.', unknownName('format', format, VERDICT_FORMATS));
    if (ended !== 'true' && ended !== 'false')
      return problem(
        c,
        400,
        'ended is wrong.',
        'It is true when the client is done, so that nothing more will come; else false.',
      );
    const settleMs = parseDuration(settle);
    if (settleMs === undefined || settleMs > MAX_SETTLE_MS)
      return problem(
        c,
        400,
        'settle is wrong.',
        `It is how long to wait for requests under way, 10s at most: ${DURATION_EXAMPLES}.`,
      );
    await settled(session, settleMs);
    const circumstances = circumstancesOf(session, engine, { ended: ended === 'true' });
    const { verdict } = await inTurns(judgeSessionInSteps(engine.judgedWith(session), loopDelay, { policy, circumstances }));
    if (format === 'json') return c.json(verdict);
    const { renderTerminal } = await import('../../core/report/terminal.ts');
    return c.text(renderTerminal({ verdict }, { width: TEXT_COLUMNS }));
  };
  routes.get('/verdict', queryOf('policy', 'ended', 'format', 'settle'), (c) => {
    const preset = c.req.query('policy');
    return verdictFor(c, preset === undefined ? undefined : readPolicy(preset));
  });
  routes.post('/verdict', queryOf('ended', 'format', 'settle'), async (c) =>
    verdictFor(c, policyFrom({ file: 'policy', text: await c.req.text() })),
  );
  routes.get('/calls', async (c) => {
    const calls = await inTurns(readCalls(engine.judgedWith(sessionOf(c))));
    return inPieces(c, jsonList('calls', calls));
  });
  routes.get('/scenario', (c) => c.json(publicScenario(sessionOf(c).scenario, sessionOf(c).plan.seed)));
  routes.put('/scenario', async (c) => {
    const text = await c.req.text();
    if (SAYS_NOTHING.has(text.trim()))
      throw wrong('', 'the body is empty; send the scenario as YAML or JSON, {} for one without rules');
    const loaded = loadScenario({ file: 'scenario', text }, engine.libraries, undefined, anySeed);
    engine.giveScenario(sessionOf(c), loaded);
    return c.json(publicScenario(loaded, loaded.plan.seed));
  });
  routes.get('/rules', (c) => c.json({ rules: rulesInUse(sessionOf(c)) }));
  routes.post('/rules', async (c) => {
    const parsed = parseRules({ file: 'rules', text: await c.req.text() }, engine.libraries);
    if (parsed.problems !== undefined) return problem(c, 422, 'The rules are wrong.', parsed.problems);
    const session = sessionOf(c);
    return c.json({ rules: inWords(addRules(session, parsed.value), session) }, 201);
  });
  routes.delete('/rules/:id', (c) => {
    const id = c.req.param('id');
    return sessionOf(c).removeRule(id) ? c.json({ removed: [id] }) : noSuchRule(c, sessionOf(c));
  });
  routes.post('/rules/:id/pause', (c) => {
    const id = c.req.param('id');
    return sessionOf(c).pauseRule(id) ? c.json({ paused: [id] }) : noSuchRule(c, sessionOf(c));
  });
  routes.post('/rules/:id/resume', (c) => {
    const id = c.req.param('id');
    return sessionOf(c).resumeRule(id) ? c.json({ resumed: [id] }) : noSuchRule(c, sessionOf(c));
  });
  routes.get('/limits', (c) => c.json(limitsInUse(sessionOf(c))));
  routes.post('/limits', async (c) => {
    const session = sessionOf(c);
    session.changeLimits(requestedLimits(await c.req.text(), session));
    return c.json({ limits: limitsInUse(session).limits });
  });
  routes.post('/reset', (c) => {
    sessionOf(c).reset();
    return c.json({ reset: sessionOf(c).id });
  });
  return routes;
}

function inPieces(c: Context, pieces: AsyncIterable<Uint8Array>): Response {
  return c.body(ReadableStream.from<Uint8Array>(pieces), 200, { 'content-type': 'application/json' });
}

function noSuchRule(c: Context, session: Session): Response {
  const id = c.req.param('id') ?? '';
  const known = rulesInUse(session).map((rule) => rule.id);
  const detail =
    known.length === 0 ? `unknown rule ${JSON.stringify(id)}. The session has no rules.` : unknownName('rule', id, known);
  return problem(c, 404, 'No such rule.', detail);
}

function inWords(rules: Session['rules'], { plan: { clock } }: Session): { id: string; summary: string }[] {
  return rules.map((rule) => ({ id: rule.id, summary: explainRule(rule, clock) }));
}

/** What the server has once. */
function serverRoutes({ engine, apiPort, anySeed }: AdminOptions): Hono {
  const routes = new Hono();
  const scenarios = new RememberedScenarios(engine.libraries);
  /** Who asks from elsewhere, as from another container, reaches the mock by the scheme and host that it asked. */
  const shown = (session: Session, { req }: Context) => {
    const origin = originFor(req.url, apiPort());
    return {
      id: session.id,
      base_url: sessionURL(origin, session),
      scenario: session.plan.name,
      seed: session.plan.seed,
    };
  };
  routes.get('/sessions', (c) => c.json({ sessions: engine.sessions.map((session) => shown(session, c)) }));
  routes.post('/sessions', async (c) => {
    const session = engine.openSession(requestedScenario(await c.req.text(), { engine, anySeed, scenarios }));
    return c.json({ ...shown(session, c), api_key: clientKey(session.plan) }, 201);
  });
  routes.delete('/sessions/:id', (c) => {
    const id = c.req.param('id');
    if (engine.closeSession(id)) return c.json({ closed: [id] });
    return problem(c, 404, 'No such session.', id === 'default' ? 'The default session stays.' : `There is no session ${id}.`);
  });
  routes.delete('/sessions', (c) => {
    const closed = engine.sessions.map(({ id }) => id).filter((id) => engine.closeSession(id));
    return c.json({ closed });
  });
  return routes;
}

/** Where the API is, as a client that reached the admin API at that URL finds it. */
function originFor(url: string, apiPort: number | undefined): string {
  const address = new URL(url);
  if (apiPort !== undefined) address.port = String(apiPort);
  return address.origin;
}

/** The scenario of `{ scenario?, seed? }`; the server's without one. */
function requestedScenario(
  body: string,
  { engine, anySeed, scenarios }: Pick<AdminOptions, 'engine' | 'anySeed'> & { readonly scenarios: RememberedScenarios },
): LoadedScenario {
  const given = body.trim() === '' ? {} : asRecord(parseJson(body));
  if (given === undefined) throw wrong('', 'expected a JSON object such as {"scenario": "flaky", "seed": 7}');
  const { scenario, seed, ...unknown } = given;
  for (const key of Object.keys(unknown)) throw wrong(key, 'unknown key; known: scenario, seed');
  if (!isSeed(seed)) throw wrong('seed', 'expected a whole number or random');
  const source = scenario === undefined ? engine.scenario.source : scenarioSource(scenario);
  if (scenario === undefined && seed === undefined) return engine.scenario;
  return scenarios.load(source, seed, anySeed);
}

/** `{ "gpt-4o": { "rpm": 100 } }`, as `limits.changes` has it, of entries that the session has. */
function requestedLimits(text: string, { plan }: Session): LimitChange {
  const parsed = parseLimitChange({ file: 'limits', text });
  if (parsed.problems !== undefined) throw new ScenarioError(parsed.problems);
  const [unknown] = unknownInChange(plan.limits, parsed.value);
  if (unknown === undefined) return parsed.value;
  const names = [...new Set(plan.limits.map(limitInWords))];
  const near = suggest(
    unknown,
    plan.limits.map(({ pattern }) => pattern),
  );
  const message = `limits has no such entry; it has ${names.length === 0 ? 'none' : names.join(', ')}${near === '' ? '' : `.${near}`}`;
  throw new ScenarioError([{ file: 'limits', path: unknown, message }]);
}

function isSeed(seed: unknown): seed is number | 'random' | undefined {
  return seed === undefined || seed === 'random' || (Number.isSafeInteger(seed) && Number(seed) >= 0);
}

/** A name, YAML text, or a scenario as JSON. Paths are refused: the caller may be on another machine. */
function scenarioSource(scenario: unknown) {
  if (scenario === null) throw wrong('scenario', 'expected a scenario or the name of a bundled one, found nothing');
  if (typeof scenario !== 'string') return { file: 'scenario', data: scenario };
  if (isScenarioText(scenario)) return { file: 'scenario', text: scenario };
  if (/[\\/]/.test(scenario) || /\.ya?ml$/i.test(scenario))
    throw wrong('scenario', 'expected the name of a bundled scenario, or its text, found a path');
  return fileSource(namedPath(scenario), scenario);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong('', `invalid JSON: ${messageOf(error)}`);
  }
}

/** What is wrong, by the name under which it was parsed. */
function titleOf({ problems: [first] }: ScenarioError): string {
  switch (first?.file) {
    case 'policy':
      return 'The policy is wrong.';
    case 'rules':
      return 'The rules are wrong.';
    case 'limits':
      return 'The limits are wrong.';
    case 'body':
      return 'The body is wrong.';
    default:
      return 'The scenario is wrong.';
  }
}

function wrong(path: string, message: string): ScenarioError {
  const mistake: Problem = { file: 'body', path, message };
  return new ScenarioError([mistake]);
}
