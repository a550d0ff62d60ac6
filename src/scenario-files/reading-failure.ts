import { messageOf } from '../core/text/message-of.ts';

/** Why a file could not be read, in words; the message of the system where there are none for it. */
export function readingFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'ENOTDIR') return 'a part of the path is a file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'permission denied';
  return messageOf(error);
}
