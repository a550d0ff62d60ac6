import { ask } from './ask.ts';
import { byId, make } from './elements.ts';
import type { AccountLevels, Level, LimitKind, LimitsInUse } from './events.ts';

/** Accounts of a limit that are shown. */
const ACCOUNTS = 5;
/** From this share on a gauge warns. */
const NEARLY_ALL = 0.8;

const NAMES: readonly (readonly [LimitKind, string])[] = [
  ['requests', 'requests per minute'],
  ['tokens', 'tokens per minute'],
  ['requests_per_day', 'requests per day'],
  ['tokens_per_day', 'tokens per day'],
  ['in_flight', 'requests at once'],
];

/** A limit, or the capacity, with its gauges. */
interface Group {
  readonly title: string;
  readonly gauges: readonly Gauge[];
  readonly note: string;
}

interface Gauge {
  /** Whose it is, and of what. */
  readonly name: string;
  readonly level: Level;
}

/** What is on the page: the groups by their titles and gauges, and the elements that are filled in. */
let drawn = '';
let slots: { readonly meter: HTMLMeterElement; readonly figure: HTMLElement }[] = [];
let notes: HTMLElement[] = [];
let groups: readonly Group[] = [];

/** Whether the scenario has limits or a capacity. */
export function hasGauges(): boolean {
  return groups.length > 0;
}

/** Whether gauges fall by themselves: something of them is used. */
export function gaugesMove(): boolean {
  return groups.some(({ gauges }) => gauges.some(({ level }) => level.used > 0));
}

/** Shows the gauges as they stand. Elements stay, for readers of screens, as long as they show the same things. */
export async function refreshGauges(): Promise<void> {
  groups = groupsOf((await ask('limits')) as LimitsInUse);
  const shape = JSON.stringify(groups.map(({ title, gauges }) => [title, gauges.map(({ name }) => name)]));
  if (shape !== drawn) {
    drawn = shape;
    draw();
  }
  const gauges = groups.flatMap((group) => group.gauges);
  for (const [place, { level }] of gauges.entries()) fill(slots[place], level);
  for (const [place, { note }] of groups.entries()) {
    const element = notes[place];
    if (element !== undefined) element.textContent = note;
  }
}

function groupsOf({ limits, levels, capacity }: LimitsInUse): Group[] {
  const found = limits.map((title, place): Group => {
    const { accounts = [], left_out: leftOut = 0 } = levels[place] ?? {};
    const others = leftOut + Math.max(0, accounts.length - ACCOUNTS);
    return {
      title,
      gauges: accounts.slice(0, ACCOUNTS).flatMap(gaugesOf),
      note: accounts.length === 0 ? 'nothing is used' : others === 0 ? '' : `${others} more use less`,
    };
  });
  if (capacity === null) return found;
  const { per_second: rate, in_flight: inFlight, burst, queue, idle_in_ms: idleInMs } = capacity;
  const gauges = [
    { name: 'capacity: served at once', level: burst },
    ...(queue.limit === 0 ? [] : [{ name: 'capacity: waiting in the queue', level: queue }]),
  ];
  const idle = idleInMs === 0 ? 'idle' : `idle in ${span(idleInMs)}`;
  const title = `capacity: ${rate.toLocaleString('en-US')} ${rate === 1 ? 'request' : 'requests'} a second`;
  return [...found, { title, gauges, note: `${inFlight} in flight, ${idle}` }];
}

function gaugesOf(account: AccountLevels): Gauge[] {
  const whose = `${account.model}, ${account.key === null ? 'no key' : `key ${account.key}`}`;
  return NAMES.flatMap(([kind, name]) => {
    const level = account[kind];
    return level === undefined ? [] : [{ name: `${whose}: ${name}`, level }];
  });
}

function draw(): void {
  slots = [];
  notes = [];
  byId('no-limits').hidden = groups.length > 0;
  byId('limits').replaceChildren(
    ...groups.map(({ title, gauges }) => {
      const note = make('p', { class: 'small' });
      notes.push(note);
      return make('li', {}, make('p', {}, title), ...gauges.map(gaugeElement), note);
    }),
  );
}

function gaugeElement({ name }: Gauge): HTMLElement {
  const meter = make('meter', { 'aria-label': name, min: '0', optimum: '0' });
  const figure = make('span', { class: 'figure' });
  slots.push({ meter, figure });
  return make('div', { class: 'gauge' }, make('span', {}, name), meter, figure);
}

function fill(slot: (typeof slots)[number] | undefined, level: Level): void {
  if (slot === undefined) return;
  const { limit, used, left, full_in_ms: fullInMs } = level;
  const most = Math.max(1, limit);
  const { meter, figure } = slot;
  meter.max = most;
  meter.high = most * NEARLY_ALL;
  meter.value = used;
  const back = fullInMs == null || fullInMs === 0 ? '' : `, all back in ${span(fullInMs)}`;
  const text = `${count(used)} of ${count(limit)} used${left === 0 ? ', none left' : ''}${back}`;
  meter.setAttribute('aria-valuetext', text);
  figure.textContent = text;
}

const count = (value: number) => value.toLocaleString('en-US');

/** `0.4 s`, `95 s`, `3 h 20 m`. */
function span(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}
