import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  /** Path of its page, from the root of the repository. */
  readonly page: string;
  /** Line of the opening fence. */
  readonly line: number;
  /** The word after the opening fence, such as `yaml`. */
  readonly language: string;
  /** What else stands there, such as `scenario`: how the block is checked. Empty where nothing does. */
  readonly kind: string;
  readonly code: string;
}

/** Paths of all pages of documentation, from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  '.changeset/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The fenced blocks of all pages, or of one. */
export function blocks(of: readonly string[] = pages): Block[] {
  return of.flatMap((page) => {
    const text = pageText(page);
    return [...text.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
      page,
      line: text.slice(0, match.index).split('\n').length,
      language: match[1] ?? '',
      kind: match[2] ?? '',
      code: match[3] ?? '',
    }));
  });
}

/** The code of the only block of a kind on a page. Throws an Error when there is none, or more than one. */
export function onlyBlock(page: string, info: string): string {
  const found = blocks([page]).filter(({ language, kind }) => `${language} ${kind}`.trim() === info);
  if (found.length !== 1) throw new Error(`${page} has ${found.length} blocks of "${info}"`);
  return found[0]?.code ?? '';
}
