/** The characters that ids are drawn from. */
export const HEX = '0123456789abcdef';
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
