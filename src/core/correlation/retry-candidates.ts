import type { OpenCall } from './fingerprint-group.ts';

/** Of the calls that a request on that connection may be a retry of, the one that it is taken for. */
export class RetryCandidates {
  readonly #connection: number;
  #first: OpenCall | undefined;
  #oldest: OpenCall | undefined;
  #sameConnection: OpenCall | undefined;
  /** Whether there is a doubt about it. */
  doubtful = false;

  constructor(connection: number) {
    this.#connection = connection;
  }

  /** The one whose failure is the oldest; one that failed on the same connection before all others. */
  get call(): OpenCall | undefined {
    return this.#sameConnection ?? this.#oldest;
  }

  /** Where there are several, each is in doubt from now on. There may be a thousand: none is listed. */
  add(call: OpenCall): void {
    if (this.#first === undefined) {
      this.#first = call;
      this.doubtful = call.doubtful;
    } else this.#first.doubtful = call.doubtful = this.doubtful = true;
    if (this.#oldest === undefined || failedBefore(call, this.#oldest)) this.#oldest = call;
    const isHere = call.failure?.connection === this.#connection;
    if (isHere && (this.#sameConnection === undefined || call.number < this.#sameConnection.number)) this.#sameConnection = call;
  }
}

/** Whether a call failed before another, or was opened before it where both failed at once. */
function failedBefore(call: OpenCall, other: OpenCall): boolean {
  const differenceMs = failedAt(call) - failedAt(other);
  return differenceMs < 0 || (differenceMs === 0 && call.number < other.number);
}

/** When it failed; milliseconds. */
export function failedAt({ failure }: OpenCall): number {
  return failure?.at ?? 0;
}
