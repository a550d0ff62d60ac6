import { once } from '../../memo/once.ts';
import { below, fork, pick, type Random } from '../../random.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Texts of each length. */
const TEXTS = 256;
const LENGTHS = 16;

/** Drawn once, for a stream has hundreds. */
const texts = once(() =>
  Array.from({ length: LENGTHS }, (_, each) => {
    const drawn = fork('obfuscation', each);
    return Array.from({ length: TEXTS }, () => pick(drawn, ALPHANUMERIC, each));
  }),
);

/** A random text of that length, of less than 16 characters: it hides the length of what an event says. */
export function obfuscation(length: number, random: Random): string {
  return texts()[length]?.[below(random, TEXTS)] ?? '';
}
