/** Who answers. It decides body format and headers (wire.md, "three layers"). */
export type Layer = 'edge' | 'gateway' | 'api';

/** How JSON is printed, and what it is called. */
export interface BodyFormat {
  /** Spaces per level; 0 prints one line. */
  readonly indent: number;
  readonly trailingNewline: boolean;
  readonly contentType: string;
}
