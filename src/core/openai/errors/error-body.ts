/** The error object of the envelope. Written in the key order it is built with (wire.md 1, "Envelope"). */
export interface ErrorBody {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | number | null;
}
