import { ask } from './ask.ts';
import { byId, make, say } from './elements.ts';
import { type Decided, type Entry, FIELDS, type Verdict } from './events.ts';
import { gaugesMove, hasGauges, refreshGauges } from './gauges.ts';
import { type Call, History } from './history.ts';
import { drawLanes, inWords, shownCalls } from './lanes.ts';
import { drawLoad } from './load-chart.ts';
import { refreshRules, takeRules } from './rules.ts';
import { showVerdict } from './verdict.ts';

/** Between two looks at which calls are shown, and at what changes slowly. */
const CHOOSE_MS = 250;
const REFRESH_MS = 2_000;
const GAUGES_MS = 1_000;

const history = new History();
let missed = 0;
let happened = true;
/** Something happened since the gauges were read. */
let stirred = true;
let shown: Call[] = [];
let chosenAt = 0;
let figuresAt = 0;
let held = false;

listen();
takeRules();
for (const refresh of [refreshSlow, chooseSession]) refresh().catch(told);
setInterval(() => void (happened && isSeen() && refreshSlow().catch(told)), REFRESH_MS);
setInterval(() => void (hasGauges() && (stirred || gaugesMove()) && isSeen() && readGauges().catch(told)), GAUGES_MS);
byId('hold').addEventListener('click', () => {
  held = !held;
  byId('hold').setAttribute('aria-pressed', String(held));
});
requestAnimationFrame(frame);

function listen(): void {
  const source = new EventSource(`events?fields=${FIELDS.join()}`);
  source.addEventListener('open', () => {
    say('connection', 'live');
    say('rule-said', '');
    history.connected();
    happened = true;
    stirred = true;
  });
  source.addEventListener('error', () => say('connection', 'not connected: the mock has ended, or goes on in a moment'));
  const on = (kind: string, heard: (data: never) => void) =>
    source.addEventListener(kind, (event) => {
      happened = true;
      stirred = true;
      heard(JSON.parse((event as MessageEvent<string>).data) as never);
    });
  on('decision', (decided: Decided) => history.decided(decided));
  on('entry', (entry: Entry) => history.ended(entry));
  on('missed', ({ events }: { events: number }) => {
    missed += events;
    history.missed();
  });
  on('verdict', (verdict: Verdict) => held || showVerdict(verdict));
}

function isSeen(): boolean {
  return !held && !document.hidden;
}

function frame(at: number): void {
  requestAnimationFrame(frame);
  if (!isSeen()) return;
  if (at - chosenAt > CHOOSE_MS) {
    chosenAt = at;
    shown = shownCalls({ calls: history.calls, now: history.now() });
  }
  drawLanes(byId<HTMLCanvasElement>('lanes'), shown, history);
  if (at - figuresAt < 1_000) return;
  figuresAt = at;
  drawLoad(byId<HTMLCanvasElement>('load'), history);
  showFigures();
  showTable();
}

function showFigures(): void {
  const { attempts, offered, goodput } = history.look(Math.floor(history.now() / 1_000) - 1);
  let tokens = 0;
  let requests = 0;
  for (let second = Math.floor(history.now() / 1_000) - 59; second <= history.now() / 1_000; second++) {
    tokens += history.look(second).tokens;
    requests += history.look(second).attempts;
  }
  const figures: [string, string][] = [
    ['in flight', String(history.inFlight)],
    ['attempts', `${attempts}/s`],
    ['offered load', `${offered}/s`],
    ['goodput', `${goodput}/s`],
    ['requests in the last minute', String(requests)],
    ['tokens billed in the last minute', String(tokens)],
    ['wait in the queue of the capacity', `${Math.round(history.queuedMs)} ms`],
    ...(missed === 0 ? [] : ([['events that were not told', String(missed)]] as [string, string][])),
  ];
  byId('gauges').replaceChildren(...figures.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

function showTable(): void {
  const body = byId('calls');
  if (body.closest('details')?.open !== true) return;
  body.replaceChildren(
    ...[...shown].reverse().map((call) => make('tr', {}, make('th', { scope: 'row' }, call.id), make('td', {}, inWords(call)))),
  );
}

async function refreshSlow(): Promise<void> {
  happened = false;
  const refreshes = [refreshRules(), ...(hasGauges() ? [] : [readGauges()])];
  const [{ scenario, seed }] = (await Promise.all([ask('health'), ...refreshes])) as [{ scenario: string; seed: number }];
  say('scenario', `${scenario}, seed ${seed}`);
}

async function readGauges(): Promise<void> {
  stirred = false;
  await refreshGauges();
}

/** Other sessions have pages of their own. */
async function chooseSession(): Promise<void> {
  const [, base = '', own] = /^(.*?)(?:\/s\/([^/]+))?\/__admin\/$/.exec(location.pathname) ?? [];
  const { sessions } = (await ask(`${base}/__admin/sessions`)) as { sessions: { id: string }[] };
  if (sessions.length < 2) return;
  const select = byId<HTMLSelectElement>('session');
  const current = decodeURIComponent(own ?? 'default');
  select.append(...sessions.slice(0, 200).map(({ id }) => make('option', id === current ? { selected: '' } : {}, id)));
  byId('sessions').hidden = false;
  select.addEventListener('change', () => {
    location.pathname = `${base}/s/${encodeURIComponent(select.value)}/__admin/`;
  });
}

function told(error: unknown): void {
  say('rule-said', error instanceof Error ? error.message : String(error));
}

/** For tests: what is kept is bounded. */
Object.assign(globalThis, { livePage: { kept: () => history.calls.size, attempts: () => history.attempts } });
