import type { JournalRecord } from '../exchange/record.ts';
import { type ColumnKind, type ColumnName, RECORD_COLUMNS } from '../exchange/record-columns.ts';

/** The names of the columns of a kind. */
export type ColumnOf<Kind extends ColumnKind> = {
  [Name in ColumnName]: (typeof RECORD_COLUMNS)[Name] extends Kind ? Name : never;
}[ColumnName];

const NAMES = Object.keys(RECORD_COLUMNS) as readonly ColumnName[];

/** Columns by their kind, in the order of the table. */
export const columns = {
  numbers: columnsOf('number'),
  shared: columnsOf('shared'),
  texts: columnsOf('text'),
  plainTexts: columnsOf('plain text'),
  clientTexts: columnsOf('client text'),
};

function columnsOf<Kind extends ColumnKind>(kind: Kind): readonly ColumnOf<Kind>[] {
  return NAMES.filter((name): name is ColumnOf<Kind> => RECORD_COLUMNS[name] === kind);
}

/** The texts of the record alone, in the order of their JSON. */
const OWN_TEXTS: readonly ColumnName[] = [...columns.texts, ...columns.plainTexts];

/** Numbers and shared values of records, one record after the other. */
export interface ColumnStore {
  readonly numbers: Float64Array;
  readonly shared: unknown[];
}

/** What the JSON lists of a record say. */
interface RecordTexts {
  readonly own: readonly unknown[];
  readonly client: readonly unknown[];
}

export interface RecordCodec {
  /** Puts numbers and shared values of a record into its slot. */
  write(record: JournalRecord, store: ColumnStore, slot: number): void;
  /** The record of a slot. */
  read(seq: number, store: ColumnStore, slot: number, texts: RecordTexts): JournalRecord;
  /** The texts of the record alone, as a JSON list. */
  printTexts(record: JournalRecord): string;
  /** Whether two records have the same texts of a client. */
  haveSameClient(record: JournalRecord, other: ClientTexts): boolean;
}

type ClientTexts = Pick<JournalRecord, ColumnOf<'client text'>>;

/**
 * A codec that was made from the table as a program that names each field. A loop over the names takes twice as long to write
 * and three times as long to read (measured), and each request is written.
 */
export function compiledCodec(): RecordCodec {
  const { numbers, shared, texts, plainTexts, clientTexts } = columns;
  const first = `const n = slot * ${numbers.length}, s = slot * ${shared.length}, { numbers, shared } = store;`;
  const writes = [
    ...numbers.map((name, at) => `numbers[n + ${at}] = record.${name} ?? NaN;`),
    ...shared.map((name, at) => `shared[s + ${at}] = record.${name};`),
  ];
  const kept = (name: ColumnName): string => {
    const [number, value] = [numbers.indexOf(name as never), shared.indexOf(name as never)];
    if (number >= 0) return `orNull(numbers[n + ${number}])`;
    if (value >= 0) return `shared[s + ${value}]`;
    const own = OWN_TEXTS.indexOf(name);
    return own >= 0 ? `own[${own}]` : `client[${clientTexts.indexOf(name as never)}]`;
  };
  const fields = NAMES.map((name) => `${name}: ${kept(name)}`);
  const printed = [...texts.map((name) => `print(record.${name})`), ...plainTexts.map((name) => `'"' + record.${name} + '"'`)];
  const same = clientTexts.map((name) => `(record.${name} === other.${name} || isSame(record.${name}, other.${name}))`);
  const read = `return (seq, store, slot, { own, client }) => { ${first} return { seq, ${fields.join(', ')} }; }`;
  return {
    write: new Function('record', 'store', 'slot', `${first} ${writes.join(' ')}`) as RecordCodec['write'],
    read: new Function('orNull', read)(orNull) as RecordCodec['read'],
    printTexts: new Function('print', `return (record) => '[' + ${printed.join(" + ',' + ")} + ']';`)(
      JSON.stringify,
    ) as RecordCodec['printTexts'],
    haveSameClient: new Function('isSame', `return (record, other) => ${same.join(' && ')};`)(
      isSame,
    ) as RecordCodec['haveSameClient'],
  };
}

/** A codec that goes through the table each time: for a Node that makes no programs from texts. */
export const loopingCodec: RecordCodec = {
  write(record, store, slot) {
    for (const [at, name] of columns.numbers.entries())
      store.numbers[slot * columns.numbers.length + at] = record[name] ?? Number.NaN;
    for (const [at, name] of columns.shared.entries()) store.shared[slot * columns.shared.length + at] = record[name];
  },
  read(seq, store, slot, { own, client }) {
    const fields = Object.fromEntries<unknown>(NAMES.map((name) => [name, undefined]));
    for (const [at, name] of columns.numbers.entries()) fields[name] = orNull(store.numbers[slot * columns.numbers.length + at]);
    for (const [at, name] of columns.shared.entries()) fields[name] = store.shared[slot * columns.shared.length + at];
    for (const [at, name] of OWN_TEXTS.entries()) fields[name] = own[at];
    for (const [at, name] of columns.clientTexts.entries()) fields[name] = client[at];
    return { seq, ...fields } as unknown as JournalRecord;
  },
  printTexts: (record) => JSON.stringify(OWN_TEXTS.map((name) => record[name])),
  haveSameClient: (record, other) => columns.clientTexts.every((name) => isSame(record[name], other[name])),
};

/** A text, or a list of texts, and another. */
function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((value, place) => value === other[place]);
}

/** The codec of this process. `node --disallow-code-generation-from-strings` allows no other than the loop. */
export const recordCodec: RecordCodec = codecHere();

function codecHere(): RecordCodec {
  try {
    return compiledCodec();
  } catch (error) {
    if (error instanceof EvalError) return loopingCodec;
    throw error;
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
