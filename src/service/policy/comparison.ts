/** What a value must be. */
export interface Comparison {
  /** Completes "expected ...". */
  readonly expected: string;
  /** @param value as the schema reads it; undefined where it is not set */
  holds(value: unknown): boolean;
}

export function atLeast(least: number, expected = `${least} or more`): Comparison {
  return { expected, holds: (value) => typeof value === 'number' && value >= least };
}

export function atMost(most: number, expected = `${most} or less`): Comparison {
  return { expected, holds: (value) => typeof value === 'number' && value <= most };
}

/** 0 turns off what is counted. */
export function fromOneTo(most: number): Comparison {
  return { expected: `1 to ${most}`, holds: (value) => typeof value === 'number' && value >= 1 && value <= most };
}

/** 0 stands for no end. */
export function atLeastOrForEver(least: number, expected: string): Comparison {
  return { expected, holds: (value) => typeof value === 'number' && (value === 0 || value >= least) };
}

/** One of these. Undefined is among them where the default of the server, which is checked by itself, does. */
export function oneOf(...values: readonly (string | number | boolean | undefined)[]): Comparison {
  const named = values.filter((value) => value !== undefined);
  const expected = named.length === 0 ? 'none' : named.map(String).join(' or ');
  return { expected, holds: (value) => values.some((each) => each === value) };
}
