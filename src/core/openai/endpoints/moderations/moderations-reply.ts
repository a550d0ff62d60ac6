import { fork, pick, type Random } from '../../../random.ts';
import type { Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import { inputTypesOf, type ModerationCategory, moderationCategories } from '../../content/moderation-categories.ts';
import { modelNamed } from '../../models/models.ts';
import { inputsOf } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asList, asRecord, fieldsOf, modelOf } from '../../request/request.ts';
import { LazyList } from '../../wire/json-pieces.ts';
import { lazyJsonReply } from '../../wire/json-reply.ts';
import { Success } from '../../wire/success.ts';

const SUCCESS = new Success({ contentType: 'application/json', indent: 2, limited: false });

/** Moderations: every input is harmless unless the scenario says otherwise. */
export function* moderationsReply(context: ReplyContext): Reply {
  const ms = answerLatencyMs(0, context);
  if (ms > 0) yield { type: 'wait', ms };
  const results = new LazyList(resultsOf(context));
  yield* lazyJsonReply(SUCCESS, { ...moderationsBody(context, () => []), results }, context);
}

/** The body: a result an input (wire.md 3.5 tells the id; the rest is the official API reference). */
export function moderationsBody(context: ReplyContext, results = (whole: ReplyContext) => [...resultsOf(whole)]) {
  return {
    id: `modr-${pick(context.random('id'), '0123456789', 4)}`,
    model: modelIn(context),
    results: results(context),
  };
}

function modelIn({ request }: ReplyContext): string {
  return modelNamed(modelOf(request) ?? '').snapshot;
}

function* resultsOf(context: ReplyContext): Iterable<ReturnType<typeof moderation>> {
  const { request, settings } = context;
  const model = modelIn(context);
  const kinds = inputKinds(fieldsOf(request)['input']);
  const flagged = new Set(settings.reply.flagged);
  for (const input of inputsOf(request) ?? []) yield moderation(fork('moderation', model, String(input)), kinds, flagged);
}

function moderation(random: Random, kinds: ReadonlySet<'text' | 'image'>, flagged: ReadonlySet<ModerationCategory>) {
  return {
    flagged: flagged.size > 0,
    categories: byCategory((category) => flagged.has(category)),
    category_scores: byCategory((category) => (flagged.has(category) ? certain(random) : harmless(random))),
    category_applied_input_types: byCategory((category) => inputTypesOf(category).filter((kind) => kinds.has(kind))),
  };
}

function byCategory<T>(of: (category: ModerationCategory) => T): Record<ModerationCategory, T> {
  return Object.fromEntries(moderationCategories.map((category) => [category, of(category)])) as Record<ModerationCategory, T>;
}

/** Of a list of content parts those it has, of anything else text. */
function inputKinds(input: unknown): ReadonlySet<'text' | 'image'> {
  const types = asList(input).map((part) => asRecord(part)?.['type']);
  const kinds = new Set<'text' | 'image'>();
  if (types.includes('image_url')) kinds.add('image');
  if (types.includes('text') || kinds.size === 0) kinds.add('text');
  return kinds;
}

/** Between a millionth and a thousandth. */
function harmless(random: Random): number {
  return 10 ** (-6 + 3 * random());
}

function certain(random: Random): number {
  return 0.7 + 0.29 * random();
}
