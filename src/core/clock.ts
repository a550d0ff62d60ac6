/** The only source of time: a monotonic clock for every interval, a wall clock for `date`, `created` and display. */
export interface Clock {
  /** Milliseconds, monotonic, from an arbitrary origin. */
  now(): number;
  /** Milliseconds since the Unix epoch. */
  wall(): number;
}
