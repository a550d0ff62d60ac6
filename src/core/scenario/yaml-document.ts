import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { formatPath, limitProblems, MAX_PROBLEMS, type Problem } from '../problem.ts';
import { MAX_DEPTH, MAX_VALUES, TOO_DEEP, TOO_MANY, textBounds } from './text-bounds.ts';
import { withoutEchoes, yamlMessage } from './yaml-message.ts';

/** Largest scenario text, in characters. Bounds the quadratic corners of the YAML parser to well under a second. */
export const MAX_TEXT_LENGTH = 256 * 1024;

type Path = readonly PropertyKey[];

/** A YAML text as plain data, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Position of the value at the path, or of its key; the nearest existing parent when there is none. */
  locate(path: Path, part: 'key' | 'value'): { line: number; column: number };
  /** What is wrong with it as YAML. */
  readonly problems: readonly Problem[];
  /** Where its syntax breaks first. */
  readonly readableTo?: { readonly line: number; readonly column: number };
}

/** Reads YAML (or JSON) into plain data, as far as it can be read; only problems when it is too large to be read. */
export function readYaml(text: string, file: string): { document: YamlDocument } | { problems: Problem[] } {
  if (text.length > MAX_TEXT_LENGTH) {
    const message = `the text is ${text.length} characters long; at most ${MAX_TEXT_LENGTH} are read`;
    return { problems: [{ file, line: 1, column: 1, path: '', message }] };
  }
  const excess = textBounds(text);
  if (excess !== undefined) {
    const before = text.slice(0, excess.offset).split('\n');
    const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    return { problems: [{ file, ...at, path: '', message: excess.message }] };
  }
  const lineCounter = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  // Keys are checked for uniqueness below: the parser's own check is quadratic.
  const parsed = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
    version: '1.2',
  });
  const broken = parsed.errors.map(({ pos }) => pos[0]);
  const mistakes = withoutEchoes([...parsed.errors, ...parsed.warnings], (offset) => position(offset).line);
  const problems: Problem[] = mistakes.map(({ code, pos, message }) => ({
    file,
    ...position(pos[0]),
    path: '',
    message: yamlMessage(code, message),
  }));
  const contents = parsed.contents as Node | null;
  const reader = new PlainReader(file, position);
  const value = reader.read(contents, [], 0);
  if (reader.unbounded) return { problems: limitProblems([...problems, ...reader.problems], file) };
  const finder = new NodeFinder(contents);
  const brokenAt = broken.length === 0 ? undefined : position(Math.min(...broken));
  return {
    document: {
      value,
      // What follows broken syntax may not be what was meant.
      problems: [...problems, ...reader.problems.filter((problem) => brokenAt === undefined || isBefore(problem, brokenAt))],
      ...(brokenAt === undefined ? {} : { readableTo: position(emptyBefore(parsed, Math.min(...broken))) }),
      locate: (path, part) => position(finder.offsetOf(path, part)),
    },
  };
}

function isBefore({ line = 0, column = 0 }: Problem, place: { line: number; column: number }): boolean {
  return line < place.line || (line === place.line && column < place.column);
}

/** Where the `[` or `{` stands that has nothing in it when the syntax breaks at the offset; the offset where none does. */
function emptyBefore(document: Document.Parsed, offset: number): number {
  let start = offset;
  visit(document, {
    Collection(_key, { flow, items, range }) {
      if (flow === true && items.length === 0 && range != null && range[0] < offset && range[1] >= offset) start = range[0];
    },
  });
  return start;
}

/** What is meant where two braces begin a text. */
const QUOTES = '; text that begins with {{ stands in quotes';

/** Turns nodes into plain data, bounded in depth and size. */
class PlainReader {
  readonly problems: Problem[] = [];
  /** Reading was given up. */
  unbounded = false;
  readonly #file: string;
  readonly #position: (offset: number) => { line: number; column: number };
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(file: string, position: (offset: number) => { line: number; column: number }) {
    this.#file = file;
    this.#position = position;
  }

  read(node: Node | null, path: Path, depth: number): unknown {
    this.#values += 1;
    if (this.#values === MAX_VALUES + 1) this.#giveUp(node, path, `${TOO_MANY} after aliases are expanded`);
    if (this.#values > MAX_VALUES) return undefined;
    if (depth > MAX_DEPTH) return this.#giveUp(node, path, TOO_DEEP);
    if (isAlias(node)) return this.#readAlias(node.source, node, path, depth);
    if (node !== null && 'anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return plainScalar(node.value);
    if (node === null) return null;
    this.#open.add(node);
    const value = isMap(node) ? this.#readMap(node.items, path, depth) : this.#readSeq(node, path, depth);
    this.#open.delete(node);
    return value;
  }

  #readAlias(name: string, node: Node, path: Path, depth: number): unknown {
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#report(node, path, `unknown alias *${name}: a text that begins with * goes in quotes`);
    if (this.#open.has(target)) return this.#report(node, path, `alias *${name} contains itself`);
    return this.read(target, path, depth + 1);
  }

  #readSeq(node: Node, path: Path, depth: number): unknown[] {
    if (!isSeq(node)) return [];
    return node.items.map((item, index) => this.read(item as Node | null, [...path, index], depth + 1));
  }

  #readMap(items: readonly Pair[], path: Path, depth: number): Record<string, unknown> {
    // Without a prototype, a key such as constructor is only a key.
    const record: Record<string, unknown> = Object.create(null);
    for (const { key, value } of items) {
      const name = isScalar(key) ? keyText(key.value) : undefined;
      if (name === undefined) this.#report(key as Node | null, path, `a key must be a plain text${isMap(key) ? QUOTES : ''}`);
      else if (name === '__proto__') this.#report(key as Node, [...path, name], 'no key is called "__proto__"');
      else if (Object.hasOwn(record, name)) this.#report(key as Node, [...path, name], `key "${name}" is given twice`);
      else record[name] = this.read(value as Node | null, [...path, name], depth + 1);
    }
    return record;
  }

  #giveUp(node: Node | null, path: Path, message: string): undefined {
    this.unbounded = true;
    return this.#report(node, path, message);
  }

  #report(node: Node | null, path: Path, message: string): undefined {
    const at = this.#position(node?.range?.[0] ?? 0);
    if (this.problems.length <= MAX_PROBLEMS)
      this.problems.push({
        file: this.#file,
        ...at,
        path: formatPath(path),
        message,
      });
    return undefined;
  }
}

function plainScalar(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function keyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Finds nodes by path; each mapping is indexed once. */
class NodeFinder {
  readonly #root: Node | null;
  readonly #indexes = new WeakMap<Node, ReadonlyMap<string, Pair>>();

  constructor(root: Node | null) {
    this.#root = root;
  }

  offsetOf(path: Path, part: 'key' | 'value'): number {
    let node = this.#root;
    let offset = node?.range?.[0] ?? 0;
    for (const [depth, step] of path.entries()) {
      const item = this.#childOf(node, step);
      if (item === undefined) break;
      const wantsKey = part === 'key' && depth === path.length - 1;
      node = isPair(item) ? ((item.value as Node | null) ?? null) : item;
      const anchor = isPair(item) && (wantsKey || node === null) ? (item.key as Node) : node;
      offset = anchor?.range?.[0] ?? offset;
    }
    return offset;
  }

  #childOf(node: Node | null, step: PropertyKey): Pair | Node | undefined {
    if (isSeq(node) && typeof step === 'number') return node.items[step] as Node | undefined;
    if (!isMap(node)) return undefined;
    let index = this.#indexes.get(node);
    if (index === undefined) {
      const pairs = node.items.flatMap((pair): [string, Pair][] => {
        const name = isScalar(pair.key) ? keyText(pair.key.value) : undefined;
        return name === undefined ? [] : [[name, pair]];
      });
      // Of a key given twice, the first is the one that was read.
      this.#indexes.set(node, (index = new Map(pairs.reverse())));
    }
    return index.get(String(step));
  }
}
