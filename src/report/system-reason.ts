/** Why the system did not write something, in words; its own message where there are none for it. */
export function systemReason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EEXIST: 'there is a file of that name',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'there is a folder of that name',
};
