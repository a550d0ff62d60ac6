import { ask } from './ask.ts';
import { byId, make, say } from './elements.ts';
import type { RuleInUse } from './events.ts';

let shown = '';

/** Shows the rules as they stand, and keeps the focus where it is. */
export async function refreshRules(): Promise<void> {
  const { rules } = (await ask('rules')) as { rules: RuleInUse[] };
  const text = JSON.stringify(rules);
  if (text === shown) return;
  shown = text;
  const focused = (document.activeElement as HTMLElement | null)?.dataset['control'];
  byId('no-rules').hidden = rules.length > 0;
  byId('rules').replaceChildren(...rules.map(ruleItem));
  if (focused !== undefined) focus(focused);
}

/** Of a rule, wherever it stands: a paused one is the last. Where the rule is gone, that of the form. */
function focus(control: string): void {
  const buttons = [...byId('rules').querySelectorAll('button')];
  const button = buttons.find(({ dataset }) => dataset['control'] === control);
  (button ?? byId('rule')).focus({ preventScroll: true });
}

function ruleItem(rule: RuleInUse): HTMLElement {
  const { id, summary, paused } = rule;
  const route = `rules/${encodeURIComponent(id)}`;
  const button = (text: string, control: string, does: () => Promise<unknown>) => {
    const properties = { type: 'button', 'data-control': `${control} ${id}`, 'aria-label': `${text} ${id}` };
    const made = make('button', properties, text);
    made.addEventListener('click', () => change(does));
    return made;
  };
  const post = (what: string) => () => ask(`${route}/${what}`, { method: 'POST' });
  const toggle = paused ? button('resume', 'toggle', post('resume')) : button('pause', 'toggle', post('pause'));
  return make(
    'li',
    {},
    make('p', {}, make('strong', {}, id), ` ${summary}`),
    make(
      'p',
      { class: 'bar' },
      make('span', { class: 'small' }, stateOf(rule)),
      toggle,
      button('remove', 'remove', () => ask(route, { method: 'DELETE' })),
    ),
  );
}

function stateOf({ struck = 0, left, paused }: RuleInUse): string {
  if (paused) return 'paused';
  const times = struck === 0 ? 'never reached' : `struck ${struck} ${struck === 1 ? 'time' : 'times'}`;
  return left === undefined ? times : `${times}, ${left} left`;
}

async function change(does: () => Promise<unknown>): Promise<void> {
  try {
    await does();
    say('rule-said', '');
  } catch (error) {
    say('rule-said', (error as Error).message);
  }
  await refreshRules();
}

/** The form that adds a rule, in YAML or JSON. */
export function takeRules(): void {
  byId<HTMLFormElement>('add').addEventListener('submit', (event) => {
    event.preventDefault();
    const body = byId<HTMLTextAreaElement>('rule').value;
    change(() => ask('rules', { method: 'POST', body, headers: { 'content-type': 'application/yaml' } }));
  });
}
