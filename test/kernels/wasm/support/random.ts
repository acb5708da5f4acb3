export interface Random {
  readonly below: (n: number) => number
  readonly unit: () => number
  readonly normal: () => number
  readonly pick: <T>(from: readonly T[]) => T
  readonly shuffle: <T>(of: readonly T[]) => readonly T[]
}

/** A small generator with a seed, for tests that draw a lot (mulberry32). */
export const createRandom = (seed: number): Random => {
  let state = seed | 0
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (n: number): number => Math.floor(unit() * n)
  return {
    below,
    unit,
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    pick: (from) => from[below(from.length)]!,
    shuffle: (of) =>
      of
        .map((value) => ({ value, key: unit() }))
        .sort((a, b) => a.key - b.key)
        .map(({ value }) => value)
  }
}
