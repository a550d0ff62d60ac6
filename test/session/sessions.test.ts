import { expect, test, vi } from 'vitest';
import { faultsByName } from '../../src/core/faults/registry.ts';
import { parseRules } from '../../src/core/scenario/parse.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import type { Engine } from '../../src/session/engine.ts';
import type { Session } from '../../src/session/session.ts';
import { SessionWorld } from '../../src/session/session-world.ts';
import { type Driver, drive } from '../support/drive.ts';

const ROOM = 1_000;
const ids = (engine: Engine) => engine.sessions.map(({ id }) => id);
const use = ({ send }: Driver, id: string) => send({ target: `/s/${id}/v1/chat/completions` });
const broken = () => loadScenario({ file: 'scenario', data: { rules: [{ fault: 'overloaded' }] } }, libraries);

/** Uses so many sessions for a request each, a millisecond apart. */
function useMany(driver: Driver, count: number, prefix = 'used'): void {
  for (let nth = 1; nth <= count; nth++) {
    driver.clock.advance(1);
    const session = driver.engine.session(`${prefix}-${nth}`);
    session.begin();
    session.release();
  }
}

test('beside the default session a thousand are kept; those by mere use are forgotten first, oldest use first', () => {
  const driver = drive({});
  const { engine } = driver;
  useMany(driver, ROOM);
  expect(engine.sessions).toHaveLength(ROOM + 1);
  driver.clock.advance(1);
  use(driver, 'used-1');
  useMany(driver, 2, 'late');
  expect(engine.sessions).toHaveLength(ROOM + 1);
  expect(ids(engine)).toEqual(expect.arrayContaining(['default', 'used-1', 'used-4', 'late-1', 'late-2']));
  expect(ids(engine)).not.toContain('used-2');
  expect(ids(engine)).not.toContain('used-3');
});

test('a session that was made keeps its scenario however many others are used', () => {
  const driver = drive({});
  const { id } = driver.engine.openSession(broken());
  useMany(driver, 2 * ROOM);
  expect(use(driver, id).status).toBe(503);
  expect(driver.engine.findSession(id)?.journal()).toHaveLength(1);
});

test.each([
  [
    'rules',
    (session: Session) =>
      void session.use(parseRules({ file: 'rules', data: { fault: 'overloaded' } }, libraries).value ?? [], faultsByName),
  ],
  ['a scenario', (session: Session) => session.replaceScenario(broken())],
])('a session by mere use that was given %s is kept as one that was made', (_what, give) => {
  const driver = drive({});
  give(driver.engine.session('mine'));
  useMany(driver, ROOM + 1);
  expect(use(driver, 'mine').status).toBe(503);
});

test('where all sessions were made, another one is refused, made or by use, until one is closed', () => {
  const driver = drive({});
  const { engine } = driver;
  const [first] = Array.from({ length: ROOM }, () => engine.openSession());
  const full =
    /1000 sessions are open, as many as there can be: 1000 were made.* 0 came by use.*close\(\).*DELETE \/__admin\/sessions\/ID/;
  expect(() => engine.openSession()).toThrow(full);
  expect(() => use(driver, 'another')).toThrow(full);
  expect(engine.sessions).toHaveLength(ROOM + 1);
  expect(use(driver, first?.id ?? '').status).toBe(200);
  engine.closeSession(first?.id ?? '');
  expect(use(driver, 'another').status).toBe(200);
  // What came by use makes room.
  const { id } = engine.openSession();
  expect(ids(engine)).toContain(id);
  expect(ids(engine)).not.toContain('another');
});

test('a session whose requests are under way is not forgotten', () => {
  const driver = drive({});
  const { engine } = driver;
  const busy = engine.session('busy');
  busy.begin();
  useMany(driver, ROOM);
  expect(engine.session('busy')).toBe(busy);
  for (let nth = 1; nth < ROOM; nth++) engine.openSession();
  expect(() => engine.openSession()).toThrow(/999 were made, .* 1 came by use and have requests under way/);
  busy.release();
  engine.openSession();
  expect(ids(engine)).not.toContain('busy');
});

test('a provider that a new scenario does not have any more hears of no calls', () => {
  const listening = new Set<(call: string) => void>();
  const onForget = vi.spyOn(SessionWorld.prototype, 'onForget').mockImplementation((listener) => {
    listening.add(listener);
    return () => void listening.delete(listener);
  });
  const { engine } = drive({ providers: { backup: {} } });
  expect(listening.size).toBe(2);
  engine.replaceScenario(broken());
  expect(listening.size).toBe(1);
  onForget.mockRestore();
});
