import { LOG_BYTES } from './log-scripts.ts';
import { type Beat, keysOf, PREFIX } from './shared-log.ts';

/** What lets replicas join again. */
export const HOW_TO_BEGIN_ANEW = `delete the keys ${keysOf(PREFIX).join(' and ')}, and all replicas begin anew together`;

/** From this share of its bound on the length of a log is told. */
const LONG = 0.8;
const MIB = 1024 * 1024;

/** Tells, once each, that the log becomes too long for replicas to join, and that it is. */
export class LogLength {
  readonly #warn: (message: string) => void;
  #isLong = false;
  #isCut = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  look({ bytes, isCut }: Pick<Beat, 'bytes' | 'isCut'>): void {
    if (isCut && !this.#isCut) {
      this.#isCut = true;
      this.#warn(
        `the log in the store has grown beyond ${LOG_BYTES / MIB} MiB: no replica can be added. To change that, ${HOW_TO_BEGIN_ANEW}`,
      );
    } else if (!isCut && !this.#isLong && bytes > LONG * LOG_BYTES) {
      this.#isLong = true;
      this.#warn(`the log in the store has ${Math.round(bytes / MIB)} MiB: beyond ${LOG_BYTES / MIB} no replica can be added`);
    }
  }
}
