import { pick } from '../../../random.ts';
import { HEX } from '../../../text/alphabets.ts';
import { inTokens, lastUserText } from '../../content/tokens.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asList, asRecord } from '../../request/request.ts';
import { FileSearchItem, ImageItem, InterpreterItem, WebSearchItem } from './items/hosted-tools.ts';
import { McpCallItem, McpListItem } from './items/mcp.ts';
import type { OutputItem } from './output-item.ts';
import type { OfferedTool, ResponseWishes } from './response-wishes.ts';

/** What OpenAI's own tools leave in an output before its message: the items of the tool that is used, if one is. */
export function hostedItems({ hosted, include }: ResponseWishes, context: ReplyContext): readonly OutputItem[] {
  if (hosted === undefined) return [];
  const asked = lastUserText(context.request).slice(0, MAX_QUERY_LENGTH);
  switch (hosted.type) {
    case 'file_search':
      return [new FileSearchItem(asked, include.includes('file_search_call.results'))];
    case 'code_interpreter':
      return [interpreterItem(hosted, include.includes('code_interpreter_call.outputs'), context)];
    case 'image_generation':
      return [new ImageItem(asked, hosted.fields)];
    case 'mcp':
      return mcpItems(hosted, asked, context);
    default:
      return hosted.type.startsWith('web_search') ? [new WebSearchItem(asked)] : [];
  }
}

/** What is asked of a tool is no longer, in UTF-16 units. */
const MAX_QUERY_LENGTH = 200;

function interpreterItem({ fields }: OfferedTool, shown: boolean, context: ReplyContext): InterpreterItem {
  const { container } = fields;
  const drawn = () => pick(context.textRandom('container'), HEX, 48, 'cntr_');
  const code = inTokens('print(6 * 7)', context.settings.tokens, context.libraries);
  return new InterpreterItem(code, typeof container === 'string' ? container : drawn(), shown ? '42\n' : undefined);
}

function mcpItems({ fields }: OfferedTool, asked: string, context: ReplyContext): readonly OutputItem[] {
  const { server_label: label, allowed_tools: allowed } = fields;
  const server = typeof label === 'string' ? label : 'server';
  const listed = [allowed, asRecord(allowed)?.['tool_names']].flatMap(asList).filter((name) => typeof name === 'string');
  const names = listed.length === 0 ? ['echo'] : listed;
  const input = inTokens(JSON.stringify({ text: asked }), context.settings.tokens, context.libraries);
  return [new McpListItem(server, names), new McpCallItem({ server, name: names[0] ?? 'echo', input, output: asked })];
}
