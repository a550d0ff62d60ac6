import { UsageError } from './usage-error.ts';

/** Reads the value of a flag as text that is not empty. */
export function nonEmpty(flag: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text;
    throw new UsageError(`${flag} is empty.`);
  };
}
