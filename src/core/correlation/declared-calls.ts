/** What a program says of its calls: that none is made twice, or how many there are in all. */
export type DeclaredCalls = 'unique' | number;
