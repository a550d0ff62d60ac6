import { expect, test } from 'vitest';
import { AnchoredClock, sampleOf } from '../../src/replicas/anchored-clock.ts';

/** The clock of the store, 17 minutes ahead of ours, as a look at it shows. */
const AHEAD_MS = 17 * 60_000;
const BEGAN = 1_795_000_000_000;

function world() {
  let own = BEGAN - 500_000;
  const storeNow = () => own + AHEAD_MS;
  /** Half of the way there is `thereMs`, the way back `backMs`. */
  const look = (thereMs: number, backMs: number) => {
    const askedAt = own;
    own += thereMs;
    const shown = storeNow();
    own += backMs;
    return sampleOf(askedAt, shown, own);
  };
  return { look, storeNow, pass: (ms: number) => (own += ms), own: () => own };
}

test('shows the time of the store, however far the machine is from it', () => {
  const { look, storeNow, own } = world();
  const clock = new AnchoredClock(BEGAN, look(1, 1), own);
  expect(clock.wall()).toBeCloseTo(storeNow());
  expect(clock.now()).toBeCloseTo(storeNow() - BEGAN);
  expect(clock.errorMs).toBeCloseTo(1);
});

test('goes by the look with the shortest way, and says by how much it may be wrong', () => {
  const { look, storeNow, own } = world();
  const clock = new AnchoredClock(BEGAN, look(1, 39), own);
  expect(clock.errorMs).toBeCloseTo(20);
  clock.begin(look(1, 1));
  clock.begin(look(30, 2));
  expect(clock.wall()).toBeCloseTo(storeNow());
  expect(clock.errorMs).toBeCloseTo(1);
});

test('is set right so slowly that intervals stay what they are, and never goes back', () => {
  const { look, pass, storeNow, own } = world();
  const clock = new AnchoredClock(BEGAN, look(1, 41), own);
  const wrongMs = clock.wall() - storeNow();
  expect(Math.abs(wrongMs)).toBeCloseTo(20);
  let before = clock.now();
  for (let second = 0; second < 10; second++) {
    pass(1_000);
    clock.add(look(1, 1));
    const passed = clock.now() - before;
    before = clock.now();
    expect(passed).toBeGreaterThan(1_001);
    expect(passed).toBeLessThan(1_003);
  }
  expect(Math.abs(clock.wall() - storeNow())).toBeCloseTo(Math.abs(wrongMs) - 2, 0);
});
