/** What goes to the process between the clients and a gateway. */
export interface ToGatewayFront {
  /** Tell all that was seen until now. */
  readonly type: 'tell';
}

/** What comes back. */
export type FromGatewayFront =
  | { readonly type: 'ready' }
  /** Where the clients find it; told before `ready`. */
  | { readonly type: 'listening'; readonly port: number }
  /**
   * Since then: a name of a call for each request that it sent, the statuses that the gateway answered with, null without one, and how many
   * requests could not be handed to it, for no connection could be opened.
   */
  | {
      readonly type: 'seen';
      readonly sent: readonly string[];
      readonly answers: readonly (number | null)[];
      readonly unreachable: number;
    }
  /** All that was seen until the order has been told. */
  | { readonly type: 'told' };
