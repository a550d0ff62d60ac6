import type { Random } from '../../random.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { prose } from './prose.ts';
import type { TokenText } from './token-text.ts';
import { inTokens, lastUserText } from './tokens.ts';

/** The text that the scenario wants said; undefined when it leaves that open. Prose of a given length is drawn. */
export function scriptedText({ settings, request, libraries }: ReplyContext, random: Random): TokenText | undefined {
  const { content, echo, json, tokens } = settings.reply;
  const written = content ?? (echo === true ? lastUserText(request) : undefined) ?? JSON.stringify(json);
  if (written !== undefined) return inTokens(written, settings.tokens, libraries);
  return tokens === undefined ? undefined : prose({ random, mode: settings.tokens, libraries }, tokens);
}
