import type { Libraries } from '../libraries.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from '../scenario/finding.ts';
import type { Rule, Scenario } from '../scenario/schema.ts';
import { compilePattern } from '../text/pattern.ts';
import { coversSpan } from '../units/span.ts';
import { layerDepth, type Plan, type PlannedRule, stepsOf } from './compile.ts';
import { coversMatch, coversRange } from './covers-match.ts';
import { impossibleIn } from './impossible-match.ts';
import { DEFAULT_SERVICE } from './match.ts';
import { endsWithTools } from './planned-reply.ts';

/** Rules and replies that those behind them are held against: more would take long, and no scenario has them. */
const MAX_COMPARED = 50;

/** Rules that can never strike and replies that can never speak, one finding for each. Says nothing where that is not certain. */
export function withoutEffect(
  { replies, providers = {} }: Pick<Scenario, 'replies'> & Partial<Pick<Scenario, 'providers'>>,
  { rules }: Pick<Plan, 'rules'>,
  libraries: Libraries,
): ScenarioFinding[] {
  const compiledOnce = { ...libraries, compileRegex: remembering(libraries.compileRegex) };
  const dead = [...deadRules(rules, compiledOnce), ...deadReplies(replies, compiledOnce)];
  return Object.keys(providers).length === 0 ? dead : [...dead, ...foreignRules(rules, compiledOnce)];
}

/** Rules beside `providers` are those of the service at /v1. */
function foreignRules(rules: readonly PlannedRule[], libraries: Libraries): ScenarioFinding[] {
  return rules.flatMap(({ rule: { match } }, index) => {
    if (match?.provider === undefined || compilePattern(match.provider, libraries)(DEFAULT_SERVICE)) return [];
    const why = `never strikes: rules that stand here are those of ${DEFAULT_SERVICE}; put it into the provider`;
    return [scenarioFinding(['rules', index, 'match', 'provider'], why, 'key')];
  });
}

function remembering(compile: Libraries['compileRegex']): Libraries['compileRegex'] {
  const known = new Map<string, ReturnType<typeof compile>>();
  return (source, flags) => {
    const key = `${flags}/${source}`;
    let compiled = known.get(key);
    if (compiled === undefined) known.set(key, (compiled = compile(source, flags)));
    return compiled;
  };
}

function deadRules(rules: readonly PlannedRule[], libraries: Libraries): ScenarioFinding[] {
  const certain: { readonly planned: PlannedRule; readonly number: number }[] = [];
  return rules.flatMap((planned, index) => {
    const at = ['rules', index];
    const alone = neverOccurs(planned.rule, at) ?? neverMatches(planned.rule.match, at, 'never strikes', libraries);
    if (alone !== undefined) return [alone];
    const spans = deadSpans(planned.rule, at);
    const above = certain.find((each) => leavesNothing(each.planned, planned, libraries));
    if (certain.length < MAX_COMPARED && strikesEachTime(planned.rule)) certain.push({ planned, number: index + 1 });
    return above === undefined ? spans : [scenarioFinding(at, shadowed(above.planned, above.number, planned))];
  });
}

function neverOccurs({ probability, first, after = 0, every = 1 }: Rule, at: Path): ScenarioFinding | undefined {
  if (largestChance(probability) === 0) return scenarioFinding([...at, 'probability'], 'never strikes: a probability of 0');
  if (first === undefined || (Math.floor(after / every) + 1) * every <= first) return undefined;
  const why =
    first <= after
      ? `first: ${first} and after: ${after} exclude each other; times limits how often`
      : `first: ${first} ends before every: ${every} begins`;
  return scenarioFinding([...at, 'first'], `never strikes: ${why}`, 'key');
}

function largestChance(probability: Rule['probability'] = 1): number {
  return typeof probability === 'number' ? probability : Math.max(probability.from, probability.to);
}

function neverMatches(match: Rule['match'], at: Path, so: string, libraries: Libraries): ScenarioFinding | undefined {
  const impossible = impossibleIn(match, libraries);
  return impossible && scenarioFinding([...at, 'match', impossible.key], `${so}: ${impossible.why}`, 'key');
}

/** It fires each time that it speaks of a request, as long as its span and its attempts last. */
function strikesEachTime({ first, after = 0, every = 1, times, probability = 1, sequence, repeat, bursts }: Rule): boolean {
  const isCounted = first !== undefined || times !== undefined || after > 0 || every > 1;
  return !isCounted && bursts === undefined && probability === 1 && (sequence === undefined || repeat === true);
}

/** Whether a rule that strikes each time leaves no request that is good to the one behind it. */
function leavesNothing(above: PlannedRule, below: PlannedRule, libraries: Libraries): boolean {
  const [changes, ...others] = new Set([...stepsOf(above.action), ...stepsOf(below.action)].map((step) => step.changes));
  const changesAll = stepsOf(above.action).every((step) => step.changes === undefined);
  return (
    above.appliesAt === below.appliesAt &&
    (changesAll || (changes !== undefined && others.length === 0)) &&
    coversRange(above.rule.attempts, below.rule.attempts) &&
    coversSpans(above.rule, below.rule) &&
    coversMatch(above.rule.match, below.rule.match, libraries)
  );
}

/** Every span begins after the clock has started. */
function coversSpans({ during: wide }: Rule, { during: narrow = [{ from: 0, to: Number.POSITIVE_INFINITY }] }: Rule): boolean {
  return wide === undefined || narrow.every((span) => coversSpan(wide, span));
}

/** A span within another of the same rule adds nothing. */
function deadSpans({ during = [] }: Rule, at: Path): ScenarioFinding[] {
  return during.slice(0, MAX_COMPARED).flatMap((span, index) => {
    const other = during.findIndex((each, place) => place !== index && coversSpan([each], span));
    const isTwin = other > index && coversSpan([span], during[other] ?? span);
    if (other < 0 || isTwin) return [];
    return [scenarioFinding([...at, 'during', index], `adds nothing: span ${other + 1} of the list has all of it`)];
  });
}

function shadowed(above: PlannedRule, number: number, below: PlannedRule): string {
  const depths = ({ action }: PlannedRule) => stepsOf(action).map(({ strikes }) => layerDepth(strikes));
  const name = above.rule.name === undefined ? '' : ` ("${above.rule.name}")`;
  const strikes = `rule ${number}${name} above it strikes`;
  // What is refused by itself passes by a fault of a deeper layer.
  return Math.max(...depths(above)) <= Math.min(...depths(below))
    ? `never strikes: ${strikes} every request that it matches`
    : `strikes no good request: ${strikes} each of them that it matches`;
}

function deadReplies(replies: Scenario['replies'], libraries: Libraries): ScenarioFinding[] {
  return replies.flatMap((reply, index) => {
    const { match } = reply;
    const at = ['replies', index];
    const alone = neverMatches(match, at, 'never speaks', libraries);
    if (alone !== undefined) return [alone];
    const above = replies
      .slice(0, Math.min(index, MAX_COMPARED))
      .findIndex(
        (each) =>
          speaksEachTime(each) && (!endsWithTools(each) || endsWithTools(reply)) && coversMatch(each.match, match, libraries),
      );
    if (above < 0) return [];
    return [scenarioFinding(at, `never speaks: reply ${above + 1} above it speaks of every request that it matches`)];
  });
}

/** A sequence that does not begin again ends. */
function speaksEachTime({ sequence }: Scenario['replies'][number]): boolean {
  return sequence === undefined || sequence.repeat;
}
