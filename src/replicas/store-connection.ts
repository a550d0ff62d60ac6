/** A part of a command. */
export type Word = string | Buffer;

/**
 * A connection to Redis or Valkey. It does not connect again by itself. Of what was under way when it broke, nobody knows whether
 * it was done.
 */
export interface StoreConnection {
  /** Resolves with the answer: numbers, null, lists, and texts as Buffers. Rejects with what the store says against it, or when the connection breaks. */
  send(command: readonly Word[]): Promise<unknown>;
  /** Ends it at once: what is under way rejects. */
  end(): void;
}

/** Opens a connection. Rejects when there is none to be had. */
export type ConnectToStore = () => Promise<StoreConnection>;
